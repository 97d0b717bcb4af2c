package dev.busbar.socket;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;

import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.egress.live.FeedAccess;
import dev.busbar.egress.live.TokenTime;
import dev.busbar.ingress.access.Caller;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import dev.busbar.socket.connection.Connections;
import dev.busbar.socket.connection.Handshake;
import dev.busbar.socket.connection.SocketServer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;

import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Opens WebSockets. Who may was said before, where all requests are looked at.
 */
@RestController
class SocketEndpoint {

	static final String PATH = "/ws";

	private final Connections connections;

	private final FeedAccess access;

	SocketEndpoint(Connections connections, FeedAccess access) {
		this.connections = connections;
		this.access = access;
	}

	@GetMapping(PATH)
	void open(HttpServletRequest request, HttpServletResponse response)
			throws IOException, ServletException, DeploymentException {
		String upgrade = request.getHeader("Upgrade");
		if (upgrade == null || !upgrade.toLowerCase(Locale.ROOT).contains("websocket")) {
			throw Problem
				.of(ProblemType.UPGRADE_REQUIRED,
						"This address opens WebSockets, and the request asks for none. Connect with a WebSocket client "
								+ "(ws:// or wss://).")
				.withHeader("Upgrade", "websocket")
				.asException();
		}
		FeedLimits readable = this.access.readable(request);
		Handshake handshake = new Handshake(Caller.of(request), readable, TokenTime.end(request));
		ServerContainer container = (ServerContainer) request.getServletContext()
			.getAttribute(ServerContainer.class.getName());
		this.connections.reserve(handshake);
		try {
			container.upgradeHttpToWebSocket(request, response, SocketServer.opening(this.connections, handshake, PATH),
					Map.of());
		}
		finally {
			if (response.getStatus() != HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
				this.connections.giveBack(handshake);
			}
		}
	}

	@ExceptionHandler
	void refused(ProblemException ex, HttpServletResponse response) throws IOException {
		ex.problem().write(response);
	}

}
