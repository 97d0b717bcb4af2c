package dev.busbar.egress.address;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which addresses may be connected to: public ones, and those that the operator allows.
 * Immutable.
 */
public final class AddressRules {

	// The special-purpose registry of IANA for IPv4, but for what is globally reachable;
	// multicast; and Azure's own host, which has a public address (168.63.129.16).
	private static final List<Network> NOT_PUBLIC_IPV4 = networks("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10",
			"127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
			"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
			"240.0.0.0/4");

	// All that is not global unicast is refused: loopback, mapped and compatible IPv4,
	// NAT64 (64:ff9b::), unique local, link-local, site-local, multicast.
	private static final Network GLOBAL_IPV6 = Network.of("2000::/3");

	// Of the rest: Teredo and other protocol assignments, documentation, 6to4.
	private static final List<Network> NOT_PUBLIC_IPV6 = networks("2001::/23", "2001:db8::/32", "2002::/16",
			"3fff::/20");

	private final List<Network> allowedNetworks;

	private final Set<String> allowedHosts;

	/**
	 * Creates rules.
	 * @param allowedNetworks networks in CIDR notation, or single addresses, that are
	 * allowed though they are not public
	 * @param allowedHosts host names that are allowed whatever their addresses are
	 * @throws IllegalArgumentException if a network is none
	 */
	public AddressRules(Collection<String> allowedNetworks, Collection<String> allowedHosts) {
		this.allowedNetworks = allowedNetworks.stream().map(Network::of).toList();
		this.allowedHosts = allowedHosts.stream()
			.map((host) -> host.strip().toLowerCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
	}

	private static List<Network> networks(String... networks) {
		return Stream.of(networks).map(Network::of).toList();
	}

	/**
	 * Whether an address may be connected to.
	 * @param host the host by whose name it was found
	 * @param address the address
	 */
	public boolean allow(String host, InetAddress address) {
		return isPublic(address) || this.allowedHosts.contains(host.toLowerCase(Locale.ROOT))
				|| this.allowedNetworks.stream().anyMatch((network) -> network.contains(address));
	}

	private static boolean isPublic(InetAddress address) {
		if (address.getAddress().length == 4) {
			return NOT_PUBLIC_IPV4.stream().noneMatch((network) -> network.contains(address));
		}
		return GLOBAL_IPV6.contains(address)
				&& NOT_PUBLIC_IPV6.stream().noneMatch((network) -> network.contains(address));
	}

}
