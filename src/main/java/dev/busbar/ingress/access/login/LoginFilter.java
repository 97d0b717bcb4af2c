package dev.busbar.ingress.access.login;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.Collectors;

import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Shows the login page, and keeps those who try passwords from trying many. It stands
 * before the filter of Spring Security that checks them.
 */
public final class LoginFilter extends OncePerRequestFilter {

	private static final int MAX_NAME = 256;

	private final LoginPage page;

	private final LoginThrottle throttle;

	private final RequestMatcher address;

	/**
	 * Creates the filter.
	 * @param prefix the path of Spring MVC
	 * @param throttle counts tries
	 * @param address the address of the page, whatever the method
	 */
	public LoginFilter(String prefix, LoginThrottle throttle, RequestMatcher address) {
		this.page = new LoginPage(prefix);
		this.throttle = throttle;
		this.address = address;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!this.address.matches(request)) {
			chain.doFilter(request, response);
		}
		else if ("POST".equals(request.getMethod())) {
			attempt(request, response, chain);
		}
		else if ("GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod())) {
			show(request, response);
		}
		else {
			response.setHeader("Allow", "GET, HEAD, POST");
			response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
		}
	}

	private void attempt(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String name = request.getParameter("username");
		if (name == null || name.length() > MAX_NAME) {
			this.page.writeForm(request, response, HttpServletResponse.SC_BAD_REQUEST, message("error"));
			return;
		}
		Duration wait = this.throttle.attempt(name.trim(), request.getRemoteAddr());
		if (!wait.isZero()) {
			long seconds = wait.plusNanos(999_999_999).toSeconds();
			response.setHeader("Retry-After", Long.toString(seconds));
			this.page.writeForm(request, response, 429, "Too many tries. Wait " + seconds + " seconds, and try again.");
			return;
		}
		chain.doFilter(request, response);
		// The filter that checks the password has set it.
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		if (authentication != null && authentication.getName().equals(name.trim())) {
			this.throttle.succeeded(name.trim(), request.getRemoteAddr());
		}
	}

	private void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (SessionCsrf.isSession()) {
			Caller caller = Caller.of(SecurityContextHolder.getContext().getAuthentication());
			this.page.writeAccount(request, response, caller.name(),
					caller.scopes().stream().map(Scope::toString).collect(Collectors.joining(", ")));
			return;
		}
		this.page.writeForm(request, response, HttpServletResponse.SC_OK,
				message((request.getQueryString() != null) ? request.getQueryString() : ""));
	}

	private static @Nullable String message(String query) {
		return switch (query) {
			case "error" -> "The name or the password is wrong.";
			case "out" -> "You are logged out.";
			default -> null;
		};
	}

}
