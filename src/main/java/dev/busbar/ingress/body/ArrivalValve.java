package dev.busbar.ingress.body;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets a request look how much of its body has come, so that one that is there whole is
 * read at once. The servlet API tells it no sooner than the request is asynchronous.
 */
public final class ArrivalValve extends ValveBase {

	/** Creates the valve. */
	public ArrivalValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if ("POST".equals(request.getMethod())) {
			org.apache.coyote.Request connection = request.getCoyoteRequest();
			Arrival arrival = () -> {
				connection.action(ActionCode.AVAILABLE, true);
				return connection.getAvailable();
			};
			request.setAttribute(Arrival.ATTRIBUTE, arrival);
		}
		getNext().invoke(request, response);
	}

}
