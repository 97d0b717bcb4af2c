package dev.busbar.ingress.access;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who has a key, or, where no key is configured, who is no foreign web page. It
 * looks at headers alone.
 */
class AccessFilter extends HttpFilter {

	private static final long serialVersionUID = 1L;

	private static final String BEARER = "Bearer ";

	private static final Problem UNAUTHORIZED = Problem.of(ProblemType.UNAUTHORIZED,
			"The request carries no valid API key. Send one as 'Authorization: Bearer <key>' or 'X-API-Key: <key>'.")
		.withHeader("WWW-Authenticate", "Bearer");

	private final transient ApiKeys keys;

	private final transient BrowserGuard guard;

	private final transient List<OwnCredentials> own;

	private final Set<String> healthPaths;

	/**
	 * Creates the filter.
	 * @param keys the keys; none: no key is asked for
	 * @param guard looks at requests where no key is asked for
	 * @param own tells which requests are verified elsewhere
	 * @param endpointsPath the path of the actuator's endpoints
	 */
	AccessFilter(ApiKeys keys, BrowserGuard guard, List<OwnCredentials> own, String endpointsPath) {
		this.keys = keys;
		this.guard = guard;
		this.own = own;
		this.healthPaths = Set.of(endpointsPath + "/health", endpointsPath + "/health/liveness",
				endpointsPath + "/health/readiness");
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Problem refused = this.keys.isEmpty() ? unguarded(request) : unauthorized(request);
		if (refused == null || this.own.stream().anyMatch((each) -> each.areIn(request))) {
			chain.doFilter(request, response);
			return;
		}
		// Without this, Tomcat would read up to 2 MiB of a body that nobody wants.
		if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
			response.setHeader("Connection", "close");
		}
		refused.write(response);
	}

	private @Nullable Problem unguarded(HttpServletRequest request) {
		String refusal = this.guard.refusal(request);
		return (refusal != null) ? Problem.of(ProblemType.FORBIDDEN, refusal) : null;
	}

	private @Nullable Problem unauthorized(HttpServletRequest request) {
		Optional<String> name = presented(request).flatMap(this.keys::nameOf);
		name.ifPresent((known) -> Caller.mark(request, known));
		return (name.isPresent() || isHealth(request)) ? null : UNAUTHORIZED;
	}

	// The target as it was sent, so that no two readings of an unusual one can differ.
	private boolean isHealth(HttpServletRequest request) {
		String uri = request.getRequestURI();
		String contextPath = request.getContextPath();
		boolean reads = "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
		return reads && uri.startsWith(contextPath) && this.healthPaths.contains(uri.substring(contextPath.length()));
	}

	private static Optional<String> presented(HttpServletRequest request) {
		String authorization = request.getHeader("Authorization");
		if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
			return Optional.of(authorization.substring(BEARER.length()).trim());
		}
		return Optional.ofNullable(request.getHeader("X-API-Key")).map(String::trim);
	}

}
