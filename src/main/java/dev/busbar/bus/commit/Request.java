package dev.busbar.bus.commit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.busbar.bus.Backlog;
import dev.busbar.bus.OutgoingEvent;
import org.jspecify.annotations.Nullable;

/**
 * What one caller publishes in one call.
 */
final class Request {

	static final Request NONE = new Request(List.of(), false);

	private static final long ENVELOPE = 512;

	final List<OutgoingEvent> events;

	/** Whether its events have waited already, and are held up by no others. */
	final boolean waited;

	final long bytes;

	/** Tells in which slots events wait; null if that is asked when it is sent. */
	Backlog.@Nullable Answer answer;

	private final AtomicBoolean claimed = new AtomicBoolean();

	Request(List<OutgoingEvent> events, boolean waited) {
		this.events = events;
		this.waited = waited;
		this.bytes = events.stream().mapToLong(Request::weigh).sum();
	}

	static long weigh(OutgoingEvent event) {
		byte[] data = event.event().data();
		return ENVELOPE + ((data != null) ? data.length : 0);
	}

	/** In which slots events wait; null if that is still to be asked. */
	@Nullable Set<Integer> waiting() {
		Backlog.Answer asked = this.answer;
		return (asked != null) ? asked.waiting() : null;
	}

	/** Whether nobody has to wait for the answer to its question, if it has one. */
	boolean isReady() {
		Backlog.Answer asked = this.answer;
		return asked == null || asked.isReady();
	}

	/**
	 * Claims this request, either to send it or to withdraw it: only who is first may.
	 * @return whether nobody has before
	 */
	boolean claim() {
		return this.claimed.compareAndSet(false, true);
	}

	void fail(RuntimeException failure) {
		this.events.forEach((event) -> event.stored().completeExceptionally(failure));
	}

}
