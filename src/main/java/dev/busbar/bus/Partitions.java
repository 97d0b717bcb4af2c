package dev.busbar.bus;

import java.nio.charset.StandardCharsets;

import dev.busbar.event.Event;

/**
 * Which partition an event goes to, on every broker alike: the murmur2 hash of its key,
 * as Kafka's default partitioner computes it, so that a foreign Kafka client that sends
 * with the same key agrees.
 */
public final class Partitions {

	private static final int SEED = 0x9747b28c;

	private static final int M = 0x5bd1e995;

	private static final int R = 24;

	private Partitions() {
	}

	/**
	 * The partition of an event: by its key, or by its id if it has no key.
	 * @param event the event
	 * @param count how many partitions there are, from 1
	 * @return the partition, from 0
	 */
	public static int of(Event<?> event, int count) {
		if (count == 1) {
			return 0;
		}
		String key = event.key();
		return of((key != null) ? key : event.id(), count);
	}

	/**
	 * The partition of a key.
	 * @param key the key
	 * @param count how many partitions there are, from 1
	 * @return the partition, from 0
	 */
	public static int of(String key, int count) {
		return (hash(key.getBytes(StandardCharsets.UTF_8)) & 0x7fffffff) % count;
	}

	static int hash(byte[] data) {
		int h = SEED ^ data.length;
		int whole = data.length & ~3;
		for (int i = 0; i < whole; i += 4) {
			int k = (data[i] & 0xff) | (data[i + 1] & 0xff) << 8 | (data[i + 2] & 0xff) << 16 | data[i + 3] << 24;
			k *= M;
			k ^= k >>> R;
			k *= M;
			h *= M;
			h ^= k;
		}
		if (whole < data.length) {
			for (int i = data.length - 1; i >= whole; i--) {
				h ^= (data[i] & 0xff) << (8 * (i - whole));
			}
			h *= M;
		}
		h ^= h >>> 13;
		h *= M;
		h ^= h >>> 15;
		return h;
	}

}
