package dev.busbar.ingress.access.chain;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.Scope;
import dev.busbar.ingress.access.key.CredentialFilter;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorityAuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;

/**
 * Answers what Spring Security refuses with problem details. It tells a missing
 * credential from a wrong one in nothing.
 */
final class AccessProblems implements AuthenticationEntryPoint, AccessDeniedHandler {

	private static final String AUTHENTICATE = "WWW-Authenticate";

	private final Problem unauthorized;

	private final @Nullable AuthenticationEntryPoint login;

	/**
	 * Creates the answers.
	 * @param tokens whether JWTs are taken
	 * @param login leads a browser to the login page, null if there is none
	 */
	AccessProblems(boolean tokens, @Nullable AuthenticationEntryPoint login) {
		String bearer = tokens ? "<key or JWT>" : "<key>";
		this.unauthorized = Problem
			.of(ProblemType.UNAUTHORIZED,
					"The request carries no valid " + (tokens ? "API key or JWT" : "API key")
							+ ". Send one as 'Authorization: Bearer " + bearer + "', or a key as 'X-API-Key: <key>'."
							+ ((login != null) ? " People log in at /login." : ""))
			.withHeader(AUTHENTICATE, "Bearer");
		this.login = login;
	}

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
			throws IOException, jakarta.servlet.ServletException {
		if (request.getAttribute(CredentialFilter.UNAVAILABLE) != null) {
			Refusals.write(Problem.of(ProblemType.ACCESS_UNAVAILABLE,
					"The JWT cannot be checked now: its issuer's keys cannot be read. Send the request again in a few "
							+ "seconds.")
				.withHeader("Retry-After", "5"), request, response);
		}
		else if (this.login != null && Pages.isAskedFor(request)) {
			this.login.commence(request, response, failure);
		}
		else {
			Refusals.write(this.unauthorized, request, response);
		}
	}

	@Override
	public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
			throws IOException {
		Refusals.write(problem(request, denied), request, response);
	}

	private static Problem problem(HttpServletRequest request, AccessDeniedException denied) {
		if (denied instanceof CsrfException) {
			return Problem.of(ProblemType.CSRF_TOKEN,
					"The request belongs to a browser's session, and has no valid CSRF token. Send what the cookie "
							+ "XSRF-TOKEN holds as the header X-XSRF-TOKEN, or load the page again; programs send an API "
							+ "key instead.");
		}
		if (denied instanceof ForeignPageException) {
			return Problem.of(ProblemType.FORBIDDEN, String.valueOf(denied.getMessage()));
		}
		List<String> needed = needed(denied);
		String has = Caller.of(request).scopes().stream().map(Scope::toString).collect(Collectors.joining(", "));
		return Problem
			.of(ProblemType.INSUFFICIENT_SCOPE,
					"This needs the scope " + needed.stream().collect(Collectors.joining("' or '", "'", "'"))
							+ ", and the caller has " + (has.isEmpty() ? "none" : has)
							+ ". Use another key, or have this one changed (busbar.access).")
			.with("scopes", needed)
			.withHeader(AUTHENTICATE,
					"Bearer error=\"insufficient_scope\", scope=\"" + String.join(" ", needed) + "\"");
	}

	private static List<String> needed(AccessDeniedException denied) {
		Collection<GrantedAuthority> authorities = (denied instanceof AuthorizationDeniedException ex
				&& ex.getAuthorizationResult() instanceof AuthorityAuthorizationDecision decision)
						? decision.getAuthorities() : List.of();
		return Stream.of(Scope.values())
			.filter((scope) -> authorities.stream()
				.anyMatch((authority) -> Objects.equals(authority.getAuthority(), scope.authority().getAuthority())))
			.map(Scope::toString)
			.toList();
	}

}
