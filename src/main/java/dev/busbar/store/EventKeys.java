package dev.busbar.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * The keys under which rows about events are kept: 8 bytes of the digest of the event's
 * id, then 16 bytes of the digest of everything that identifies the row. They are short
 * for ids of any length, and those of one event id stand side by side.
 */
public final class EventKeys {

	private static final int ID_LENGTH = 8;

	private static final int LENGTH = 24;

	/** A delivery's events are mostly of one type. */
	private static volatile Name lastType = new Name("", sha256(""));

	private EventKeys() {
	}

	/**
	 * The key of an event in a group.
	 * @param group the consumer group
	 * @param source the event's source
	 * @param id the event's id
	 * @return 24 bytes
	 */
	public static byte[] of(String group, String source, String id) {
		return join(id, sha256(group, source, id));
	}

	/**
	 * The key of a dead letter: other data under the same id is another letter.
	 * @param group the consumer group
	 * @param source the event's source
	 * @param id the event's id
	 * @param payload the message's payload; none is the same as an empty one
	 * @return 24 bytes
	 */
	public static byte[] letter(String group, String source, String id, byte @Nullable [] payload) {
		byte[] identity = sha256(group, source, id);
		return join(id, sha256(HexFormat.of().formatHex(identity), payload));
	}

	/**
	 * What tells an event from another one under the same source and id.
	 * @param type the event's type
	 * @param data its encoded data; none is the same as empty data
	 * @return 32 bytes
	 */
	public static byte[] digest(String type, byte @Nullable [] data) {
		Name known = lastType;
		if (!known.text().equals(type)) {
			known = new Name(type, sha256(type));
			lastType = known;
		}
		return sha256(known.digest(), data);
	}

	/** The lowest key that an event with this id can have. */
	public static byte[] lowest(String id) {
		return Arrays.copyOf(Arrays.copyOf(sha256(id), ID_LENGTH), LENGTH);
	}

	/** The highest key that an event with this id can have. */
	public static byte[] highest(String id) {
		byte[] key = lowest(id);
		Arrays.fill(key, ID_LENGTH, LENGTH, (byte) 0xff);
		return key;
	}

	/**
	 * Text as every database stores it: PostgreSQL refuses NUL, and half a surrogate pair
	 * has no UTF-8 form, so both become U+FFFD.
	 * @param text any text
	 * @return the text, changed only where it must be
	 */
	public static String storable(String text) {
		String whole = (text.indexOf('\0') < 0) ? text : text.replace('\0', '\uFFFD');
		if (!hasSurrogate(whole)) {
			return whole;
		}
		return whole.codePoints()
			.map((point) -> (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) ? 0xFFFD : point)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	private static boolean hasSurrogate(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				return true;
			}
		}
		return false;
	}

	static byte[] join(String id, byte[] identity) {
		byte[] key = lowest(id);
		System.arraycopy(identity, 0, key, ID_LENGTH, LENGTH - ID_LENGTH);
		return key;
	}

	/**
	 * The digest of texts, each with its length, so that no two lists are alike.
	 * @param texts the texts
	 * @return 32 bytes
	 */
	public static byte[] sha256(String... texts) {
		MessageDigest digest = sha256();
		for (String text : texts) {
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
			digest.update(bytes);
		}
		return digest.digest();
	}

	/** The digest of data under a name; no data is the same as empty data. */
	static byte[] sha256(String name, byte @Nullable [] data) {
		return sha256(sha256(name), data);
	}

	private static byte[] sha256(byte[] name, byte @Nullable [] data) {
		MessageDigest digest = sha256();
		digest.update(name);
		if (data != null) {
			digest.update(data);
		}
		return digest.digest();
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/** A text with its digest, which nobody changes. */
	@SuppressWarnings("ArrayRecordComponent")
	private record Name(String text, byte[] digest) {

	}

}
