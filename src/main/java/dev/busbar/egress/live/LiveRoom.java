package dev.busbar.egress.live;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that large events take on their way to readers, bounded for all readers
 * together: one that blocks keeps the event that it was given last, and a thousand of
 * them would keep a thousand. Safe for use by several threads.
 */
final class LiveRoom {

	/** So much any reader may have, whatever the others do. */
	private static final long FREE = 128 * 1024;

	private final long bytes;

	private final AtomicLong taken = new AtomicLong();

	/**
	 * Creates an empty room.
	 * @param bytes how much all readers may have together; one of them may have more
	 */
	LiveRoom(long bytes) {
		this.bytes = bytes;
	}

	/** The part of a reader that has none of it yet. */
	Share share() {
		return new Share();
	}

	private boolean has(long wanted) {
		long others = this.taken.get();
		return others == 0 || others + wanted <= this.bytes;
	}

	private boolean take(long wanted) {
		while (true) {
			long others = this.taken.get();
			if (others > 0 && others + wanted > this.bytes) {
				return false;
			}
			if (this.taken.compareAndSet(others, others + wanted)) {
				return true;
			}
		}
	}

	/**
	 * What one reader has of it. Changed by one thread at a time, and asked by others.
	 */
	final class Share {

		private volatile long held;

		private volatile long since;

		private volatile long wanted;

		/** Makes room for an event, if there is some. */
		boolean take(LiveEvent event) {
			long weight = (event.weight() > FREE) ? event.weight() : 0;
			if (weight > 0 && !LiveRoom.this.take(weight)) {
				this.wanted = weight;
				return false;
			}
			this.wanted = 0;
			if (weight > 0) {
				this.since = System.nanoTime();
				this.held = weight;
			}
			return true;
		}

		/** The reader has passed on all that it had. */
		void giveBack() {
			long mine = this.held;
			if (mine > 0) {
				this.held = 0;
				LiveRoom.this.taken.addAndGet(-mine);
			}
		}

		/** Whether there is room now for what there was none for before. */
		boolean mayGoOn() {
			long missed = this.wanted;
			return missed > 0 && has(missed);
		}

		/** Whether it has kept its event for too long, so that others go without. */
		boolean overdue(long now, long nanos) {
			long mine = this.held;
			return mine > 0 && now - this.since > nanos && !has(mine);
		}

	}

}
