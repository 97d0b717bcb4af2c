package dev.busbar.ingress.reply;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.handler.HandlerRegistry;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.Scope;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.store.outcome.AwaitedEvent;
import dev.busbar.store.outcome.Outcome;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;

/**
 * Request and reply: has a request wait for what comes of its event, and answers it.
 */
public final class Replies {

	/** An event with more results is not answered with them. */
	private static final int MAX_RESULTS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(Replies.class);

	private final Waiters waiters;

	private final HandlerRegistry registry;

	private final Outbox outbox;

	private final CloudEvents codec;

	private final Duration max;

	private final Duration retention;

	private final Clock clock;

	/**
	 * Creates the replies.
	 * @param waiters all who wait
	 * @param registry tells which types are handled, and the group
	 * @param outbox keeps the results
	 * @param codec encodes them
	 * @param max how long a request may wait
	 * @param retention how long results are kept
	 * @param clock tells whether they still are
	 */
	Replies(Waiters waiters, HandlerRegistry registry, Outbox outbox, CloudEvents codec, Duration max,
			Duration retention, Clock clock) {
		this.waiters = waiters;
		this.registry = registry;
		this.outbox = outbox;
		this.codec = codec;
		this.max = max;
		this.retention = retention;
		this.clock = clock;
	}

	/**
	 * Writes the answer to a request that has waited, and is dispatched again.
	 * @return whether it is one
	 * @throws IOException if the client is gone
	 */
	public boolean resume(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (request.getDispatcherType() == DispatcherType.ASYNC
				&& request.getAttribute(PendingReply.ATTRIBUTE) instanceof PendingReply pending) {
			write(response, pending);
			return true;
		}
		return false;
	}

	/**
	 * What a request wishes, before its event is stored.
	 * @param request the request
	 * @param event its event, with its data as it will be published
	 * @param delayed whether it is published later
	 * @return the wish, which must be {@link Wish#answer answered} once the event is
	 * stored, or {@link Wish#withdraw withdrawn}; null if it wishes nothing
	 */
	public @Nullable Wish wish(HttpServletRequest request, Event<byte @Nullable []> event, boolean delayed) {
		Duration wait = WaitPreference.of(request.getHeaders("Prefer"));
		if (wait == null) {
			return null;
		}
		Caller caller = Caller.of(request);
		boolean possible = !delayed && !this.max.isZero() && caller.has(Scope.READ)
				&& this.registry.handlerOf(event.type()).isPresent();
		Duration honoured = (wait.compareTo(this.max) > 0) ? this.max : wait;
		return new Wish(this, possible ? this.waiters.enter(AwaitedEvent.of(this.registry.group(), event)) : null,
				caller, honoured);
	}

	private void begin(Waiter waiter, HttpServletRequest request, HttpServletResponse response, Answer answer,
			Duration wait) {
		PendingReply pending;
		try {
			pending = new PendingReply(request, response, answer, () -> this.waiters.leave(waiter));
		}
		catch (IllegalStateException ex) {
			// Something around this endpoint takes no asynchronous requests.
			this.waiters.leave(waiter);
			throw ex;
		}
		this.waiters.begin(waiter, pending, wait.toNanos());
	}

	private void write(HttpServletResponse response, PendingReply pending) throws IOException {
		Answer answer = pending.answer();
		List<Event<byte @Nullable []>> results = null;
		if (pending.whole()) {
			response.setHeader("Preference-Applied", answer.applied());
		}
		if (pending.outcome() instanceof Outcome.Dead dead) {
			dead(dead).write(response);
			return;
		}
		if (pending.outcome() instanceof Outcome.Handled handled) {
			results = results(answer, handled);
		}
		if (results == null) {
			write(response, 202, "application/json", answer.stored());
			return;
		}
		response.setHeader("Cache-Control", "no-store");
		write(response, 200, CloudEvents.JSON_BATCH, this.codec.encodeBatch(results));
	}

	private @Nullable List<Event<byte @Nullable []>> results(Answer answer, Outcome.Handled handled) {
		if (handled.time().isBefore(this.clock.instant().minus(this.retention))) {
			// Some may have been removed already.
			return null;
		}
		AwaitedEvent event = answer.event();
		List<OutboxEntry> entries;
		try {
			entries = this.outbox.wholeResultsOf(event.group(), event.source(), event.id(), MAX_RESULTS + 1);
		}
		catch (DataAccessException ex) {
			logger.debug("The results of an event cannot be read", ex);
			return null;
		}
		if (entries.size() > MAX_RESULTS) {
			return null;
		}
		List<Event<byte @Nullable []>> results = new ArrayList<>(entries.size());
		for (OutboxEntry entry : entries) {
			if (answer.caller().allows(entry.event().type(), entry.event().source())) {
				results.add(entry.event());
			}
		}
		return results;
	}

	private static Problem dead(Outcome.Dead dead) {
		String handler = (dead.handler() != null) ? "its handler " + Problem.quote(dead.handler()) + " failed"
				: "it could not be handled";
		return Problem
			.of(ProblemType.DEAD_LETTERED,
					"The event is stored, and " + handler + " (" + dead.exception() + ", attempts: " + dead.attempts()
							+ "). It is kept as the dead letter " + dead.letter()
							+ ": sending it again does not help; replay that one, once the reason is mended.")
			.with("deadLetter", dead.letter().toString())
			.with("exception", dead.exception())
			.with("attempts", dead.attempts());
	}

	/**
	 * Writes an answer.
	 * @throws IOException if the client is gone
	 */
	static void write(HttpServletResponse response, int status, String type, byte[] body) throws IOException {
		response.setStatus(status);
		response.setContentType(type);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	/**
	 * What a request wishes.
	 */
	public static final class Wish {

		private final Replies replies;

		private final @Nullable Waiter waiter;

		private final Caller caller;

		private final Duration wait;

		private Wish(Replies replies, @Nullable Waiter waiter, Caller caller, Duration wait) {
			this.replies = replies;
			this.waiter = waiter;
			this.caller = caller;
			this.wait = wait;
		}

		/** The event is not stored. */
		public void withdraw() {
			if (this.waiter != null) {
				this.replies.waiters.leave(this.waiter);
			}
		}

		/**
		 * The event is stored: answers the request, now or later.
		 * @param request the request
		 * @param response its response, whose {@code Location} is set
		 * @param stored what is answered (202) as long as nothing has come of the event
		 * @throws IOException if the client is gone
		 */
		public void answer(HttpServletRequest request, HttpServletResponse response, byte[] stored) throws IOException {
			if (this.waiter == null) {
				write(response, 202, "application/json", stored);
				return;
			}
			Answer answer = new Answer(this.waiter.event(), this.caller, "wait=" + this.wait.toSeconds(), stored);
			this.replies.begin(this.waiter, request, response, answer, this.wait);
		}

	}

}
