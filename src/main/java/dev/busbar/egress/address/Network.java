package dev.busbar.egress.address;

import java.net.InetAddress;

/**
 * A network: an address and how many of its leading bits count.
 */
final class Network {

	private final byte[] address;

	private final int bits;

	private Network(byte[] address, int bits) {
		this.address = address;
		this.bits = bits;
	}

	/**
	 * Reads a network in CIDR notation, or a single address.
	 * @param text such as {@code 10.0.0.0/8}, {@code fd00::/8} or {@code 10.1.2.3}
	 * @throws IllegalArgumentException if it is none
	 */
	static Network of(String text) {
		String trimmed = text.strip();
		int slash = trimmed.indexOf('/');
		String host = (slash >= 0) ? trimmed.substring(0, slash) : trimmed;
		InetAddress address = Literals.address(host.contains(":") ? "[" + host + "]" : host);
		if (address == null) {
			throw new IllegalArgumentException(
					"'" + text + "' is no network: write it like 10.0.0.0/8, fd00::/8 or 10.1.2.3");
		}
		int length = address.getAddress().length * 8;
		int bits = length;
		if (slash >= 0) {
			try {
				bits = Integer.parseInt(trimmed.substring(slash + 1));
			}
			catch (NumberFormatException ex) {
				bits = -1;
			}
		}
		if (bits < 0 || bits > length) {
			throw new IllegalArgumentException(
					"'" + text + "' is no network: behind the slash stands a number from 0 to " + length);
		}
		return new Network(address.getAddress(), bits);
	}

	boolean contains(InetAddress other) {
		byte[] bytes = other.getAddress();
		if (bytes.length != this.address.length) {
			return false;
		}
		for (int i = 0; i < this.bits; i++) {
			int mask = 0x80 >> (i % 8);
			if ((bytes[i / 8] & mask) != (this.address[i / 8] & mask)) {
				return false;
			}
		}
		return true;
	}

}
