package dev.busbar.egress.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Addresses written as numbers, in their one usual spelling. Resolvers read many more
 * ({@code 2130706433}, {@code 0x7f.1}, {@code 0177.0.0.1}), each of them in another way.
 */
final class Literals {

	private static final Pattern IPV4 = Pattern
		.compile("(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})");

	private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-fA-F:.]{2,45}\\]");

	private Literals() {
	}

	/**
	 * Reads an address.
	 * @param host the host of a URL, IPv6 in brackets
	 * @return the address, null if it is none in its usual spelling
	 */
	static @Nullable InetAddress address(String host) {
		boolean literal = IPV6.matcher(host).matches() || isIpv4(host);
		if (!literal) {
			return null;
		}
		try {
			// Asks no name server for what is all digits, or in brackets.
			return InetAddress.getByName(host);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	private static boolean isIpv4(String host) {
		if (!IPV4.matcher(host).matches()) {
			return false;
		}
		for (String part : host.split("\\.", -1)) {
			if (Integer.parseInt(part) > 255) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether some reader may take a host for a number: its last label, which no
	 * top-level domain is, starts with a digit.
	 */
	static boolean looksNumeric(String host) {
		String last = host.substring(host.lastIndexOf('.') + 1);
		return !last.isEmpty() && Character.isDigit(last.charAt(0));
	}

}
