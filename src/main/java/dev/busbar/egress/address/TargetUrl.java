package dev.busbar.egress.address;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The URL of a webhook's receiver: http or https, in a spelling that every reader reads
 * in the same way.
 */
public final class TargetUrl {

	private static final int MAX_LENGTH = 2048;

	private static final int MAX_HOST = 253;

	private static final Pattern HOST = Pattern
		.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

	private TargetUrl() {
	}

	/**
	 * Reads a URL and checks all of it that can be checked without a name server.
	 * @param text the URL
	 * @param rules which addresses are allowed
	 * @return the URL, with a host in lower case
	 * @throws IllegalArgumentException if it is not allowed; the message says why, and
	 * what to do
	 */
	public static URI parse(String text, AddressRules rules) {
		if (text.length() > MAX_LENGTH) {
			throw new IllegalArgumentException("The URL has " + text.length() + " characters, and at most " + MAX_LENGTH
					+ " are allowed. Send a shorter one.");
		}
		URI uri = uri(text);
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		if (!scheme.equals("http") && !scheme.equals("https")) {
			throw new IllegalArgumentException("The URL must start with https:// or http://.");
		}
		String host = uri.getHost();
		if (uri.isOpaque() || host == null || uri.getRawAuthority() == null) {
			throw new IllegalArgumentException(
					"The URL's host is no host name and no address. Use letters, digits and hyphens; write international "
							+ "names as xn--...");
		}
		if (uri.getRawUserInfo() != null || uri.getRawAuthority().indexOf('@') >= 0) {
			throw new IllegalArgumentException(
					"The URL has a user or password before its host. Leave it out, and send an Authorization header.");
		}
		if (uri.getRawFragment() != null) {
			throw new IllegalArgumentException("The URL has a fragment (#...), which is never sent. Leave it out.");
		}
		if (uri.getRawAuthority().endsWith(":") || uri.getPort() == 0 || uri.getPort() > 65535) {
			throw new IllegalArgumentException("The URL's port must be a number from 1 to 65535, or left out.");
		}
		checkHost(host.toLowerCase(Locale.ROOT), rules);
		return uri;
	}

	private static URI uri(String text) {
		try {
			return new URI(text);
		}
		catch (URISyntaxException ex) {
			throw new IllegalArgumentException(
					"The URL is not well formed. Percent-encode what RFC 3986 does not allow in a URL.");
		}
	}

	private static void checkHost(String host, AddressRules rules) {
		InetAddress literal = Literals.address(host);
		if (literal != null) {
			if (!rules.allow(host, literal)) {
				throw new IllegalArgumentException(forbidden());
			}
			return;
		}
		if (host.startsWith("[")) {
			throw new IllegalArgumentException(
					"The URL's IPv6 address is not well formed, or has a zone. Leave it out.");
		}
		if (host.endsWith(".")) {
			throw new IllegalArgumentException("The URL's host ends with a dot. Leave it out.");
		}
		if (host.length() > MAX_HOST || !HOST.matcher(host).matches() || Literals.looksNumeric(host)) {
			throw new IllegalArgumentException(
					"The URL's host is no host name, and no IPv4 address in its usual spelling (such as 192.0.2.1).");
		}
	}

	/** What is told of an address that is not allowed. */
	public static String forbidden() {
		return "The URL leads to an address that is not public: loopback, private, link-local, or of another special "
				+ "purpose. The operator allows one's own networks with busbar.deliveries.allowed-networks.";
	}

}
