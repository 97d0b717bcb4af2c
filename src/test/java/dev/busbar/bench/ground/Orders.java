package dev.busbar.bench.ground;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The orders that are stored before a round.
 *
 * @param count how many
 * @param keys how many customers they have, in turn
 * @param partitions in how many partitions the streams are divided
 * @param note how many characters of note each has; with 100 the data has about 220 bytes
 * @param types of which event types they are
 * @param kind which of several that are stored on one stage, from 0 on: each has numbers
 * of its own, and counts the orders of each customer anew
 */
public record Orders(int count, int keys, int partitions, int note, Types types, int kind) {

	/** So many numbers each kind has. */
	static final int NUMBERS = 100_000_000;

	/** Orders of the usual size, of a thousand customers, in four partitions. */
	public static Orders usual(int count) {
		return new Orders(count, 1_000, 4, 100, Types.ONE, 0);
	}

	/**
	 * How many the floor takes at a time: 500, and of large ones as many as have 16 MB.
	 */
	public int batch() {
		return Math.max(1, Math.min(500, 16_000_000 / (this.note + 500)));
	}

	/** As many as are asked for, and otherwise the same. */
	public Orders withCount(int other) {
		return new Orders(other, this.keys, this.partitions, this.note, this.types, this.kind);
	}

	public Orders withKeys(int other) {
		return new Orders(this.count, other, this.partitions, this.note, this.types, this.kind);
	}

	public Orders withPartitions(int other) {
		return new Orders(this.count, this.keys, other, this.note, this.types, this.kind);
	}

	public Orders withNote(int other) {
		return new Orders(this.count, this.keys, this.partitions, other, this.types, this.kind);
	}

	/**
	 * Of other types; the orders of a customer are all of one, if there are more
	 * customers.
	 */
	public Orders withTypes(Types other) {
		return new Orders(this.count, this.keys, this.partitions, this.note, other, this.kind);
	}

	/** Of another kind, to be stored beside those of this one. */
	public Orders withKind(int other) {
		return new Orders(this.count, this.keys, this.partitions, this.note, this.types, other);
	}

	/** The number of the first of this kind. */
	public int first() {
		return Math.multiplyExact(this.kind, NUMBERS);
	}

	/** Whether an order is of this kind. */
	public boolean has(int number) {
		return number / NUMBERS == this.kind;
	}

	/**
	 * The id of one as an event: as if by chance, as producers give them. An index of ids
	 * that rise would only ever grow at its end.
	 */
	public static String id(long number) {
		return new UUID(mixed(number), mixed(~number)).toString();
	}

	/** The finalizer of SplitMix64, which gives no two numbers the same. */
	private static long mixed(long number) {
		long mixed = (number + 1) * 0x9e3779b97f4a7c15L;
		mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

	public String key(int number) {
		return "c-" + (number - first()) % this.keys;
	}

	/** The data of one. */
	public byte[] data(int number) {
		return ("{\"orderId\":\"o-" + number + "\",\"customer\":\"" + key(number) + "\",\"number\":"
				+ (number - first()) / this.keys + ",\"item\":\"book\",\"quantity\":3,\"amount\":123.45,\"note\":\""
				+ "x".repeat(this.note) + "\"}")
			.getBytes(StandardCharsets.UTF_8);
	}

	/** The attributes of one as a CloudEvent. */
	public Map<String, String> attributes(String prefix, int number) {
		Map<String, String> attributes = new LinkedHashMap<>();
		attributes.put(prefix + "specversion", "1.0");
		attributes.put(prefix + "id", id(number));
		attributes.put(prefix + "source", "/bench");
		attributes.put(prefix + "type", this.types.type(number));
		attributes.put(prefix + "time", Instant.now().toString());
		attributes.put(prefix + "partitionkey", key(number));
		return attributes;
	}

}
