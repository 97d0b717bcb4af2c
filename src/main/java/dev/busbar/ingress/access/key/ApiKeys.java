package dev.busbar.ingress.access.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import dev.busbar.ingress.access.AccessConfigurationException;
import dev.busbar.ingress.access.AccessProperties;
import dev.busbar.ingress.access.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The API keys, known by their hashes. Keys are random and long, so that one round of
 * SHA-256 is enough, and costs a microsecond per request.
 */
public class ApiKeys {

	private static final String PREFIX = "{sha256}";

	private static final int HASH_BYTES = 32;

	private final Map<String, Known> keys = new TreeMap<>();

	/**
	 * Reads keys.
	 * @param configured keys by their names, as configured
	 * @throws AccessConfigurationException if one is malformed
	 */
	public ApiKeys(Map<String, AccessProperties.Key> configured) {
		new TreeMap<>(configured).forEach((name, key) -> {
			byte[] hash = parse(name, key.hash().trim());
			this.keys.forEach((other, known) -> requireOther(name, hash, other, known));
			requireSense(name, key);
			this.keys.put(name, new Known(hash, CallerToken.of(name, key)));
		});
	}

	/** Whether there is none. */
	public boolean isEmpty() {
		return this.keys.isEmpty();
	}

	/**
	 * Looks for a key, in a time that does not depend on what is in it.
	 * @param presented the key as presented
	 * @return who has the key, or null if it is not known
	 */
	@Nullable CallerToken find(String presented) {
		byte[] hash = sha256(presented);
		CallerToken found = null;
		for (Known known : this.keys.values()) {
			if (MessageDigest.isEqual(known.hash(), hash)) {
				found = known.caller();
			}
		}
		return found;
	}

	private static byte[] parse(String name, String value) {
		try {
			if (value.startsWith(PREFIX)) {
				byte[] hash = HexFormat.of().parseHex(value.substring(PREFIX.length()));
				if (hash.length == HASH_BYTES && !MessageDigest.isEqual(hash, sha256(""))) {
					return hash;
				}
			}
		}
		catch (IllegalArgumentException ex) {
			// No hexadecimal digits: told below, without the value, which may be a key.
		}
		throw new AccessConfigurationException(
				"The property 'busbar.access.keys." + name
						+ "' is no hash of an API key: it must be {sha256} and 64 hexadecimal digits (and not the hash "
						+ "of nothing). Its value is not shown here, since it may be a key.",
				"Make a key with: KEY=$(openssl rand -hex 32)\nand its hash with: printf %s \"$KEY\" | sha256sum\n"
						+ "and configure: busbar.access.keys." + name + ": \"{sha256}<hash>\" (with the quotes),\n"
						+ "or, with scopes: busbar.access.keys." + name + ".hash and busbar.access.keys." + name
						+ ".scopes.");
	}

	private static void requireOther(String name, byte[] hash, String other, Known known) {
		if (MessageDigest.isEqual(hash, known.hash())) {
			throw new AccessConfigurationException(
					"The API keys '" + other + "' and '" + name + "' are the same key (busbar.access.keys).",
					"Make a key of its own for each.");
		}
	}

	private static void requireSense(String name, AccessProperties.Key key) {
		String property = "busbar.access.keys." + name;
		if (key.scopes().isEmpty()) {
			throw new AccessConfigurationException("The API key '" + name + "' may do nothing: it has no scope.",
					"Set " + property + ".scopes to some of publish, read, operate.");
		}
		requirePatterns(property + ".types", key.types(), "order.placed or order.*");
		requirePatterns(property + ".sources", key.sources(), "/shop or /shop/*");
		boolean limited = !key.types().isEmpty() || !key.sources().isEmpty();
		if (limited && key.scopes().contains(Scope.OPERATE)) {
			throw new AccessConfigurationException("The API key '" + name
					+ "' has the scope 'operate', which sees and changes events of all types and sources, and is limited "
					+ "to some types or sources.",
					"Take 'operate' from " + property + ".scopes, or remove " + property + ".types and .sources.");
		}
	}

	private static void requirePatterns(String property, Iterable<String> patterns, String examples) {
		for (String pattern : patterns) {
			if (!NamePatterns.isPattern(pattern)) {
				throw new AccessConfigurationException(
						"The property '" + property + "' has the pattern '" + pattern
								+ "': it must be a name, or the beginning of names with an asterisk at its end.",
						"Write it like " + examples + ".");
			}
		}
	}

	private static byte[] sha256(String key) {
		try {
			// A servlet container reads headers as ISO 8859-1: this gives the bytes back.
			return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.ISO_8859_1));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A key by its hash. */
	@SuppressWarnings("ArrayRecordComponent")
	private record Known(byte[] hash, CallerToken caller) {

	}

}
