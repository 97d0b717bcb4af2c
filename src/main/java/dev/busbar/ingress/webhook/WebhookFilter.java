package dev.busbar.ingress.webhook;

import java.io.IOException;

import dev.busbar.problem.ProblemException;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Refuses an address that has sent too much without proof before anything of a body is
 * read, and counts what never gets as far as to prove anything: a body that is too large,
 * too slow or breaks off.
 */
class WebhookFilter extends HttpFilter {

	private static final String ARRIVED = WebhookFilter.class.getName() + ".arrived";

	private static final long serialVersionUID = 1L;

	private final transient WebhookLimits limits;

	WebhookFilter(WebhookLimits limits) {
		this.limits = limits;
	}

	/** Tells that a request has come whole; from then on others count it. */
	static void arrived(HttpServletRequest request) {
		request.setAttribute(ARRIVED, true);
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		String address = request.getRemoteAddr();
		try {
			this.limits.requireTrust(address);
		}
		catch (ProblemException ex) {
			ex.problem().withHeader("Connection", "close").write(response);
			return;
		}
		chain.doFilter(request, response);
		if (request.isAsyncStarted()) {
			request.getAsyncContext().addListener(new Completion(() -> count(request, response, address)));
		}
		else {
			count(request, response, address);
		}
	}

	/** Not those for which there is no memory at present: that is no sender's fault. */
	private void count(HttpServletRequest request, HttpServletResponse response, String address) {
		if (request.getAttribute(ARRIVED) == null
				&& response.getStatus() != HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
			this.limits.unverified(address);
		}
	}

	/** Runs when a request that waits for its body has ended. */
	private record Completion(Runnable task) implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
			this.task.run();
		}

		@Override
		public void onTimeout(AsyncEvent event) {
			// Its end follows.
		}

		@Override
		public void onError(AsyncEvent event) {
			// Its end follows.
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
			// The request goes on.
		}

	}

}
