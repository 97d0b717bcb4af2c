package dev.busbar.bench.floor;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An order that came in, and its result.
 *
 * @param id the event's id
 * @param digest of the data
 */
@SuppressWarnings("ArrayRecordComponent")
record Order(String id, byte[] digest, OrderPlaced data) {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final ThreadLocal<MessageDigest> SHA = ThreadLocal.withInitial(Order::sha256);

	static Order read(String id, byte[] data) {
		return new Order(id, SHA.get().digest(data), JSON.readValue(data, OrderPlaced.class));
	}

	/** A short key of source and id, as text. */
	String hexKey() {
		byte[] key = SHA.get().digest(("/bench " + this.id).getBytes(StandardCharsets.UTF_8));
		return HexFormat.of().formatHex(key, 0, 16);
	}

	Result accept() {
		String resultId = UUID.nameUUIDFromBytes(("/bench " + this.id).getBytes(StandardCharsets.UTF_8)).toString();
		byte[] json = JSON.writeValueAsBytes(new OrderAccepted(this.data.orderId(), this.data.customer(),
				this.data.number(), this.data.amount(), this.data.note()));
		return new Result("order.accepted", this.id, resultId, this.data.customer(), Instant.now(), json);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The data of {@code order.placed}. */
	record OrderPlaced(String orderId, String customer, int number, String item, int quantity, BigDecimal amount,
			String note) {
	}

	/** The data of {@code order.accepted}. */
	record OrderAccepted(String orderId, String customer, int number, BigDecimal amount, String note) {
	}

	/** An event that is to be published; a result has a cause. */
	@SuppressWarnings("ArrayRecordComponent")
	record Result(String type, @Nullable String cause, String id, String key, Instant time, byte[] data) {

		Map<String, String> attributes(String prefix) {
			Map<String, String> attributes = new LinkedHashMap<>();
			attributes.put(prefix + "specversion", "1.0");
			attributes.put(prefix + "id", this.id);
			attributes.put(prefix + "source", "/bench");
			attributes.put(prefix + "type", this.type);
			attributes.put(prefix + "time", this.time.toString());
			attributes.put(prefix + "partitionkey", this.key);
			if (this.cause != null) {
				attributes.put(prefix + "correlationid", this.cause);
				attributes.put(prefix + "causationid", this.cause);
			}
			return attributes;
		}

	}

}
