package dev.busbar.egress.address;

import java.net.UnknownHostException;

/**
 * A host has an address that may not be connected to.
 */
public class ForbiddenAddressException extends UnknownHostException {

	private static final long serialVersionUID = 1L;

	ForbiddenAddressException(String host) {
		super("'" + host
				+ "' has an address that is not public, and is not allowed by busbar.deliveries.allowed-networks "
				+ "or allowed-hosts");
	}

}
