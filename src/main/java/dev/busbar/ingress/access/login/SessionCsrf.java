package dev.busbar.ingress.access.login;

import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.XorCsrfTokenRequestAttributeHandler;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.StringUtils;

/**
 * Asks for a CSRF token what comes with a session, and the login itself. The token is in
 * a cookie, so that visitors need no session; a page's script sends it back as a header,
 * its forms as a field. What brings an API key or a JWT needs none, since a foreign page
 * cannot send these.
 */
public final class SessionCsrf implements CsrfTokenRequestHandler, RequestMatcher {

	private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	private final CsrfTokenRequestAttributeHandler plain = new CsrfTokenRequestAttributeHandler();

	private final CsrfTokenRequestAttributeHandler masked = new XorCsrfTokenRequestAttributeHandler();

	private final RequestMatcher login;

	/**
	 * Creates the rule.
	 * @param login requests that log in
	 */
	public SessionCsrf(RequestMatcher login) {
		this.login = login;
	}

	/** Keeps tokens in a cookie that scripts of the same origin can read. */
	public static CsrfTokenRepository repository() {
		CookieCsrfTokenRepository repository = CookieCsrfTokenRepository.withHttpOnlyFalse();
		repository.setCookieCustomizer((cookie) -> cookie.sameSite("Lax"));
		return repository;
	}

	/** Whether the request is known by its session alone. */
	public static boolean isSession() {
		return SecurityContextHolder.getContext().getAuthentication() instanceof UsernamePasswordAuthenticationToken;
	}

	@Override
	public boolean matches(HttpServletRequest request) {
		return !SAFE_METHODS.contains(request.getMethod()) && (this.login.matches(request) || isSession());
	}

	@Override
	public void handle(HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
		this.masked.handle(request, response, token);
		if (SAFE_METHODS.contains(request.getMethod()) && isSession()) {
			// So that the cookie is there when a script wants to send something.
			Objects.requireNonNull(token.get());
		}
	}

	@Override
	public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken token) {
		String header = request.getHeader(token.getHeaderName());
		return (StringUtils.hasText(header) ? this.plain : this.masked).resolveCsrfTokenValue(request, token);
	}

}
