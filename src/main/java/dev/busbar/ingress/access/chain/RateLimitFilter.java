package dev.busbar.ingress.access.chain;

import java.io.IOException;

import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Counts requests that publish, before their bodies are read.
 */
final class RateLimitFilter extends OncePerRequestFilter {

	private final EventAccess access;

	private final RequestMatcher publishing;

	RateLimitFilter(EventAccess access, RequestMatcher publishing) {
		this.access = access;
		this.publishing = publishing;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (this.publishing.matches(request)) {
			try {
				this.access.admit(Caller.of(request));
			}
			catch (ProblemException ex) {
				Refusals.write(ex.problem(), request, response);
				return;
			}
		}
		chain.doFilter(request, response);
	}

}
