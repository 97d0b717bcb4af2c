package dev.busbar.socket.connection;

/**
 * How many messages a connection may send: so many a second, and as many at once. Used by
 * one thread at a time.
 */
final class MessageRate {

	private final int perSecond;

	private double left;

	private long filled;

	private int refused;

	MessageRate(int perSecond, long now) {
		this.perSecond = perSecond;
		this.left = perSecond;
		this.filled = now;
	}

	/** Counts a message; whether it may be read. */
	boolean take(long now) {
		this.left = Math.min(this.perSecond, this.left + (now - this.filled) / 1e9 * this.perSecond);
		this.filled = now;
		if (this.left < 1) {
			this.refused++;
			return false;
		}
		this.left--;
		this.refused = 0;
		return true;
	}

	/**
	 * Whether as many messages as are allowed in a second were refused without a break.
	 */
	boolean abused() {
		return this.refused > this.perSecond;
	}

}
