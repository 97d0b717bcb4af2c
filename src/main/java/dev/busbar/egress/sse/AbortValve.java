package dev.busbar.egress.sse;

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets a stream cut off its connection. The servlet API can only complete a response, for
 * which Tomcat has a thread wait until the socket takes the last bytes: a reader that
 * takes none would hold it for the whole timeout.
 */
class AbortValve extends ValveBase {

	AbortValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if ("GET".equals(request.getMethod()) && request.getRequestURI().endsWith("/feed")) {
			org.apache.coyote.Response connection = response.getCoyoteResponse();
			Abort abort = () -> connection.action(ActionCode.CLOSE_NOW, null);
			request.setAttribute(Abort.ATTRIBUTE, abort);
		}
		getNext().invoke(request, response);
	}

}
