package dev.busbar.ingress.access.login;

import java.time.Clock;
import java.time.Duration;

import dev.busbar.ingress.access.rate.AddressBuckets;
import dev.busbar.ingress.access.rate.Buckets;

/**
 * Slows down those who try passwords: per name, per address, and all together, because
 * each try costs the processor a tenth of a second. A login that succeeds counts for
 * nothing.
 */
public final class LoginThrottle {

	private static final String ALL = "all";

	/** Then two a minute. */
	private static final int TRIES_PER_NAME = 10;

	/** Then six a minute: several people may share an address. */
	private static final int TRIES_PER_ADDRESS = 20;

	/** Then five a second. */
	private static final int TRIES_OF_ALL = 20;

	private final Buckets names;

	private final AddressBuckets addresses;

	private final Buckets all;

	/**
	 * Creates a throttle.
	 * @param clock tells the time
	 */
	public LoginThrottle(Clock clock) {
		this.names = new Buckets(1 / 30.0, TRIES_PER_NAME, clock);
		this.addresses = new AddressBuckets(1 / 10.0, TRIES_PER_ADDRESS, clock);
		this.all = new Buckets(5, TRIES_OF_ALL, clock);
	}

	/**
	 * Counts a try.
	 * @return zero, or how long to wait; then the password must not be looked at
	 */
	Duration attempt(String name, String address) {
		// In this order, so that who is held back himself holds back nobody else.
		Duration wait = this.addresses.take(address);
		if (wait.isZero()) {
			wait = this.names.take(name);
		}
		return wait.isZero() ? this.all.take(ALL) : wait;
	}

	void succeeded(String name, String address) {
		this.addresses.giveBack(address);
		this.names.giveBack(name);
		this.all.giveBack(ALL);
	}

}
