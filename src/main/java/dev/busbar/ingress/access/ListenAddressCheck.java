package dev.busbar.ingress.access;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Refuses to open a port that others can reach while nobody needs a key. It looks at the
 * web server's factory as the last of all customizers, before the port is opened.
 */
class ListenAddressCheck implements WebServerFactoryCustomizer<AbstractConfigurableWebServerFactory>, Ordered {

	private final boolean protectedOrOpen;

	private final String property;

	/**
	 * Creates the check.
	 * @param protectedOrOpen whether any address is fine
	 * @param property the property that sets the address
	 */
	ListenAddressCheck(boolean protectedOrOpen, String property) {
		this.protectedOrOpen = protectedOrOpen;
		this.property = property;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(AbstractConfigurableWebServerFactory factory) {
		InetAddress address = factory.getAddress();
		boolean listens = factory.getPort() >= 0;
		if (listens && !this.protectedOrOpen && (address == null || !address.isLoopbackAddress())) {
			throw new AccessConfigurationException("The server would listen on " + name(address) + " (" + this.property
					+ "), where others can reach it, and anyone could publish events and read what became of them: "
					+ "no API key, user or JWT issuer is configured.",
					"Do one of these:\n - listen on this machine alone: " + this.property + "=127.0.0.1\n"
							+ " - configure an API key: busbar.access.keys.<name>: \"{sha256}<hash>\", with the hash of "
							+ "printf %s \"$KEY\" | sha256sum\n"
							+ " - if something else guards this address, say so: busbar.access.open=true");
		}
	}

	private static String name(@Nullable InetAddress address) {
		return (address == null || address.isAnyLocalAddress()) ? "all addresses" : address.getHostAddress();
	}

}
