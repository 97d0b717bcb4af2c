package dev.busbar.ingress.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The API keys, known by their hashes. Keys are random and long, so that one round of
 * SHA-256 is enough, and costs a microsecond per request.
 */
class ApiKeys {

	private static final String PREFIX = "{sha256}";

	private static final int HASH_BYTES = 32;

	private final Map<String, byte[]> hashes = new TreeMap<>();

	/**
	 * Reads hashes.
	 * @param configured names and hashes as configured
	 * @throws AccessConfigurationException if one is malformed
	 */
	ApiKeys(Map<String, String> configured) {
		configured.forEach((name, value) -> this.hashes.put(name, parse(name, value.trim())));
	}

	boolean isEmpty() {
		return this.hashes.isEmpty();
	}

	/**
	 * Looks for a key, in a time that does not depend on what is in it.
	 * @param presented the key as presented
	 * @return the name of the key
	 */
	Optional<String> nameOf(String presented) {
		byte[] hash = sha256(presented);
		String found = null;
		for (Map.Entry<String, byte[]> entry : this.hashes.entrySet()) {
			if (MessageDigest.isEqual(entry.getValue(), hash)) {
				found = entry.getKey();
			}
		}
		return Optional.ofNullable(found);
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
						+ "and configure: busbar.access.keys." + name + ": \"{sha256}<hash>\" (with the quotes).");
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

}
