package dev.busbar.ingress.access.chain;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * The addresses that are Busbar's own. Paths are read as Spring MVC reads them.
 */
final class OwnAddresses {

	private static final String OURS = OwnAddresses.class.getName();

	private static final String[] SEEN = { "/events/**", "/handlers/**", "/feed/**", "/scheduled/**", "/console/**",
			"/docs/openapi/**", "/docs/openapi.yaml" };

	private static final String[] OPERATED = { "/dead-letters/**", "/replays/**", "/subscriptions/**",
			"/deliveries/**" };

	private final PathPatternRequestMatcher.Builder paths;

	private final String prefix;

	private final String endpoints;

	/**
	 * Creates the addresses.
	 * @param paths makes matchers below the path of Spring MVC
	 * @param prefix the path of Spring MVC
	 * @param endpoints the path of the actuator's endpoints, empty for the root
	 */
	OwnAddresses(PathPatternRequestMatcher.Builder paths, String prefix, String endpoints) {
		this.paths = paths;
		this.prefix = prefix;
		this.endpoints = endpoints;
	}

	/** All of them, on the application's port. */
	RequestMatcher all(boolean login) {
		RequestMatcher any = new OrRequestMatcher(publishingAnyMethod(), webhooks(), sockets(), seenAnyMethod(),
				operated(), login ? login() : none(), login ? logout() : none());
		return (request) -> {
			DispatcherType dispatch = request.getDispatcherType();
			boolean again = dispatch == DispatcherType.ERROR || dispatch == DispatcherType.ASYNC;
			if (again && request.getAttribute(OURS) != null) {
				return true;
			}
			if (any.matches(request)) {
				request.setAttribute(OURS, true);
				return true;
			}
			return false;
		};
	}

	/** Everything on the actuator's port, if it has one of its own. */
	static RequestMatcher management() {
		return (request) -> WebServerApplicationContext.hasServerNamespace(
				WebApplicationContextUtils.getWebApplicationContext(request.getServletContext()), "management");
	}

	/**
	 * Where a caller publishes. Of the sources of webhooks it is those without a secret:
	 * all others have a filter chain of their own.
	 */
	RequestMatcher counted() {
		return or(publishing(), path(HttpMethod.POST, "/webhooks/**"));
	}

	RequestMatcher publishing() {
		return or(path(HttpMethod.POST, "/events"), path(HttpMethod.POST, "/webhook"));
	}

	RequestMatcher publishingAnyMethod() {
		return or(path("/events"), path("/webhook"));
	}

	RequestMatcher webhooks() {
		return path("/webhooks/**");
	}

	RequestMatcher sockets() {
		return path("/ws/**");
	}

	RequestMatcher seen() {
		return new OrRequestMatcher(Stream.of(HttpMethod.GET, HttpMethod.HEAD)
			.flatMap((method) -> Arrays.stream(SEEN).map((pattern) -> path(method, pattern)))
			.toList());
	}

	private RequestMatcher seenAnyMethod() {
		return new OrRequestMatcher(Arrays.stream(SEEN).map(this::path).toList());
	}

	private RequestMatcher operated() {
		return new OrRequestMatcher(Stream
			.concat(Arrays.stream(OPERATED).map(this::path),
					Stream
						.of(this.endpoints.isEmpty() ? EndpointRequest.toAnyEndpoint() : path(this.endpoints + "/**")))
			.toList());
	}

	RequestMatcher login() {
		return path("/login");
	}

	RequestMatcher logout() {
		return path("/logout");
	}

	RequestMatcher logIn() {
		return path(HttpMethod.POST, "/login");
	}

	RequestMatcher logOut() {
		return path(HttpMethod.POST, "/logout");
	}

	/**
	 * Whether the application is well, for everybody, on its port and on the actuator's.
	 */
	RequestMatcher health() {
		RequestMatcher management = management();
		return (request) -> isHealth(request, management.matches(request) ? "" : this.prefix);
	}

	// The target as it was sent, so that no two readings of an unusual one can differ.
	private boolean isHealth(HttpServletRequest request, String base) {
		String health = request.getContextPath() + base + this.endpoints + "/health";
		boolean reads = "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
		return reads && Set.of(health, health + "/liveness", health + "/readiness").contains(request.getRequestURI());
	}

	private RequestMatcher path(String pattern) {
		return this.paths.matcher(pattern);
	}

	private RequestMatcher path(HttpMethod method, String pattern) {
		return this.paths.matcher(method, pattern);
	}

	private static RequestMatcher or(RequestMatcher... matchers) {
		return new OrRequestMatcher(matchers);
	}

	private static RequestMatcher none() {
		return (request) -> false;
	}

}
