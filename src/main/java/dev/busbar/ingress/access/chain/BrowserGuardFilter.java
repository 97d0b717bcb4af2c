package dev.busbar.ingress.access.chain;

import java.io.IOException;
import java.util.List;

import dev.busbar.ingress.access.OwnCredentials;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Lets in who is no foreign web page, where nobody is asked who he is. It looks at
 * headers alone.
 */
public class BrowserGuardFilter extends HttpFilter {

	private static final long serialVersionUID = 1L;

	private final transient BrowserGuard guard;

	private final transient List<OwnCredentials> own;

	/**
	 * Creates the filter.
	 * @param anyHost whether the server may be called by any name
	 * @param own tells which requests are verified elsewhere
	 */
	public BrowserGuardFilter(boolean anyHost, List<OwnCredentials> own) {
		this.guard = new BrowserGuard(anyHost);
		this.own = List.copyOf(own);
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		String refusal = this.guard.refusal(request);
		if (refusal == null || this.own.stream().anyMatch((each) -> each.areIn(request))) {
			chain.doFilter(request, response);
			return;
		}
		Refusals.write(Problem.of(ProblemType.FORBIDDEN, refusal), request, response);
	}

}
