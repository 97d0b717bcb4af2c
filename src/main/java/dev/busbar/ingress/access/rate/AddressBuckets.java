package dev.busbar.ingress.access.rate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A bucket of tokens per network address, all alike. The addresses of IPv6 that begin
 * with the same 64 bits share one, since whoever has one of them has all.
 */
public final class AddressBuckets {

	private static final int NETWORK_BYTES = 8;

	private final Buckets buckets;

	/**
	 * Creates buckets, which are full at first.
	 * @param perSecond how many tokens come in a second
	 * @param capacity how many a bucket holds
	 * @param clock tells the time
	 */
	public AddressBuckets(double perSecond, int capacity, Clock clock) {
		this.buckets = new Buckets(perSecond, capacity, clock);
	}

	/**
	 * Takes a token.
	 * @param address whose
	 * @return zero, or how long to wait for one; then none was taken
	 */
	public Duration take(String address) {
		return this.buckets.take(network(address));
	}

	/**
	 * Looks for a token, and takes none.
	 * @param address whose
	 * @return zero, or how long to wait for one
	 */
	public Duration pause(String address) {
		return this.buckets.bucket(network(address)).pause();
	}

	/** Gives back a token that was taken in vain. */
	public void giveBack(String address) {
		this.buckets.giveBack(network(address));
	}

	private static String network(String address) {
		if (address.indexOf(':') < 0) {
			return address;
		}
		try {
			// With a colon it is never looked up.
			byte[] bytes = InetAddress.getByName(address).getAddress();
			return HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, NETWORK_BYTES)));
		}
		catch (UnknownHostException ex) {
			return address;
		}
	}

}
