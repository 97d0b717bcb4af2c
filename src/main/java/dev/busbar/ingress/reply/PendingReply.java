package dev.busbar.ingress.reply;

import dev.busbar.ingress.reply.Waiter.Reply;
import dev.busbar.store.outcome.Outcome;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * A request whose answer is written later, without a thread until then: it is dispatched
 * to its endpoint once more, where {@link Replies#resume} finds this object.
 */
final class PendingReply implements Reply, AsyncListener {

	/** The request attribute that holds it. */
	static final String ATTRIBUTE = PendingReply.class.getName();

	private final Answer answer;

	private final @Nullable Connection connection;

	private final Runnable leave;

	private @Nullable AsyncContext async;

	/** After that the server gives request and response to another connection. */
	private boolean over;

	private @Nullable Outcome outcome;

	private boolean whole;

	/**
	 * Has a request wait.
	 * @param request the request
	 * @param response its response, of which nothing is written
	 * @param answer what is to be answered
	 * @param leave called if the request ends before its waiting
	 */
	PendingReply(HttpServletRequest request, HttpServletResponse response, Answer answer, Runnable leave) {
		this.answer = answer;
		this.leave = leave;
		this.connection = (Connection) request.getAttribute(Connection.ATTRIBUTE);
		request.setAttribute(ATTRIBUTE, this);
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(0);
		context.addListener(this);
		this.async = context;
	}

	Answer answer() {
		return this.answer;
	}

	synchronized @Nullable Outcome outcome() {
		return this.outcome;
	}

	synchronized boolean whole() {
		return this.whole;
	}

	@Override
	public synchronized void end(@Nullable Outcome ended, boolean waited) {
		AsyncContext context = this.async;
		if (this.over || context == null) {
			return;
		}
		this.over = true;
		this.outcome = ended;
		this.whole = waited;
		try {
			context.dispatch();
		}
		catch (IllegalStateException ex) {
			// The server has ended the request: nobody is there to be answered.
		}
	}

	@Override
	public synchronized boolean isGone() {
		return !this.over && this.connection != null && this.connection.isClosed();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		close();
	}

	@Override
	public void onError(AsyncEvent event) {
		close();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		close();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// nothing new starts
	}

	private void close() {
		synchronized (this) {
			this.over = true;
		}
		this.leave.run();
	}

	/**
	 * Tells whether the client has closed its connection.
	 */
	@FunctionalInterface
	interface Connection {

		/** The request attribute that holds it, where the server can tell. */
		String ATTRIBUTE = Connection.class.getName();

		/** To be asked only while the request waits. */
		boolean isClosed();

	}

}
