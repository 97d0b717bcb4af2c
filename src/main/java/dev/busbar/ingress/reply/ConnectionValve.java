package dev.busbar.ingress.reply;

import java.io.IOException;

import dev.busbar.ingress.reply.PendingReply.Connection;
import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets a request that waits look whether its client is still there. The servlet API tells
 * it no sooner than something is written.
 */
class ConnectionValve extends ValveBase {

	ConnectionValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if ("POST".equals(request.getMethod()) && request.getHeader("Prefer") != null) {
			org.apache.coyote.Request connection = request.getCoyoteRequest();
			Connection closed = () -> hasMore(connection);
			request.setAttribute(Connection.ATTRIBUTE, closed);
		}
		getNext().invoke(request, response);
	}

	// Tomcat tries to read without blocking, and says that there is more if that fails.
	// It says so too if the client has sent its next request, which is answered after
	// this one.
	private static boolean hasMore(org.apache.coyote.Request connection) {
		connection.action(ActionCode.AVAILABLE, true);
		return connection.getAvailable() > 0;
	}

}
