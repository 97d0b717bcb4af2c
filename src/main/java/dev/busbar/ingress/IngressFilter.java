package dev.busbar.ingress;

import java.io.IOException;

import dev.busbar.ingress.body.RequestBody;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what the headers of a request already tell is not for us, and has the others
 * wait until their bodies are there. A filter, and not a controller, because Spring MVC
 * reads a multipart body, to disk, before it looks for a controller.
 */
class IngressFilter extends HttpFilter {

	/** The request attribute that holds the {@link RequestFormat}. */
	static final String FORMAT = IngressFilter.class.getName() + ".format";

	private static final long serialVersionUID = 1L;

	private final transient RequestBody body;

	private final long limit;

	/**
	 * Creates the filter.
	 * @param body knows what to say about a body that is too large
	 * @param limit the largest body in bytes
	 */
	IngressFilter(RequestBody body, long limit) {
		this.body = body;
		this.limit = limit;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		String path = (request.getPathInfo() != null) ? request.getPathInfo() : request.getServletPath();
		if ("POST".equals(request.getMethod()) && !RequestFormat.isEmpty(path, request)) {
			Problem refused = look(path, request);
			if (refused != null) {
				refused.write(response);
				return;
			}
			if (!this.body.isThere(request, response)) {
				return;
			}
		}
		else if ("OPTIONS".equals(request.getMethod())) {
			response.setHeader("Accept-Post", RequestFormat.acceptPost(path));
		}
		chain.doFilter(request, response);
	}

	private @Nullable Problem look(String path, HttpServletRequest request) {
		try {
			if (request.getContentLengthLong() > this.limit) {
				return this.body.tooLarge();
			}
			request.setAttribute(FORMAT, RequestFormat.of(path, request));
			return null;
		}
		catch (ProblemException ex) {
			return ex.problem().withHeader("Connection", "close");
		}
	}

}
