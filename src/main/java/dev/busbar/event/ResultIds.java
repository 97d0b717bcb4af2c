package dev.busbar.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The ids of results. They follow from the cause alone, so that every try and every
 * instance gives a result the same id.
 */
public final class ResultIds {

	private ResultIds() {
	}

	/**
	 * The id of a result. It never changes between versions: the SHA-256 over the three
	 * texts (each as its length in UTF-8 as four bytes, big-endian, then the UTF-8) and
	 * the position (four bytes, big-endian), of which the first 128 bits make a UUID of
	 * version 8. The lengths keep {@code ("a", "bc")} apart from {@code ("ab", "c")}.
	 * @param causeSource the source of the event that was handled
	 * @param causeId the id of the event that was handled
	 * @param handlerType the event type of the handler
	 * @param position the position among the results of this cause, from 0
	 * @return a UUID in lower case
	 */
	public static String of(String causeSource, String causeId, String handlerType, int position) {
		MessageDigest digest = sha256();
		update(digest, causeSource);
		update(digest, causeId);
		update(digest, handlerType);
		digest.update(ByteBuffer.allocate(4).putInt(0, position));
		ByteBuffer hash = ByteBuffer.wrap(digest.digest());
		long high = (hash.getLong(0) & 0xFFFF_FFFF_FFFF_0FFFL) | 0x8000L;
		long low = (hash.getLong(8) & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
		return new UUID(high, low).toString();
	}

	private static void update(MessageDigest digest, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
		digest.update(bytes);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-256", ex);
		}
	}

}
