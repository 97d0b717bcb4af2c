package dev.busbar.ingress.access.key;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Looks who sends an API key or a JWT. It refuses nobody: whoever sends a wrong one goes
 * on as nobody, whatever session he may have.
 */
public class CredentialFilter extends OncePerRequestFilter {

	/** The request attribute that is set if JWTs cannot be checked now. */
	public static final String UNAVAILABLE = CredentialFilter.class.getName() + ".unavailable";

	private static final String AUTHORIZATION = "Authorization";

	private static final String API_KEY = "X-API-Key";

	private static final String BEARER = "Bearer ";

	private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

	private final SecurityContextRepository repository = new RequestAttributeSecurityContextRepository();

	private final ApiKeys keys;

	private final @Nullable AuthenticationProvider tokens;

	/**
	 * Creates the filter.
	 * @param keys the API keys
	 * @param tokens checks JWTs, null if there are none
	 */
	public CredentialFilter(ApiKeys keys, @Nullable AuthenticationProvider tokens) {
		this.keys = keys;
		this.tokens = tokens;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		List<String> presented = presented(request);
		if (!presented.isEmpty()) {
			SecurityContext context = SecurityContextHolder.createEmptyContext();
			// Two of them are none: a proxy may have looked at the other one.
			context.setAuthentication((presented.size() == 1) ? check(presented.get(0), request) : null);
			SecurityContextHolder.setContext(context);
			this.repository.saveContext(context, request, response);
		}
		chain.doFilter(request, response);
	}

	private @Nullable Authentication check(String presented, HttpServletRequest request) {
		Authentication caller = this.keys.find(presented);
		if (caller != null || this.tokens == null || !JWT.matcher(presented).matches()) {
			return caller;
		}
		try {
			return this.tokens.authenticate(new BearerTokenAuthenticationToken(presented));
		}
		catch (AuthenticationServiceException ex) {
			request.setAttribute(UNAVAILABLE, ex);
			return null;
		}
		catch (AuthenticationException ex) {
			return null;
		}
	}

	private static List<String> presented(HttpServletRequest request) {
		List<String> authorizations = Collections.list(request.getHeaders(AUTHORIZATION));
		List<String> presented = new ArrayList<>();
		for (String authorization : authorizations) {
			if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
				presented.add(authorization.substring(BEARER.length()).trim());
			}
			else if (authorizations.size() > 1) {
				presented.add("");
			}
		}
		if (presented.isEmpty()) {
			// An authorization of another kind may be meant for a proxy.
			Collections.list(request.getHeaders(API_KEY)).forEach((key) -> presented.add(key.trim()));
		}
		return presented;
	}

}
