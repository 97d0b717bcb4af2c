package dev.busbar.outbox.redelivery;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;

import dev.busbar.store.DeadLetter.Origin;
import dev.busbar.store.EventKeys;
import dev.busbar.store.letter.LetterHeaders;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The first message of a redelivery in the columns {@code original_...}. Its payload is
 * there only if it is not the event's data, as in the structured mode.
 */
final class OriginalColumns {

	// Not the application's own mapper, whose settings may change.
	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final LetterHeaders headers;

	OriginalColumns(LetterHeaders headers) {
		this.headers = headers;
	}

	/** The values of headers, payload, broker, destination, partition and position. */
	@Nullable Object[] of(Redelivery redelivery) {
		Original original = redelivery.original();
		if (original == null) {
			return new @Nullable Object[6];
		}
		byte[] payload = original.payload();
		Origin origin = original.origin();
		return new @Nullable Object[] {
				EventKeys.storable(JSON.writeValueAsString(this.headers.forLater(original.headers()))),
				Arrays.equals(payload, redelivery.event().data()) ? null : payload, EventKeys.storable(origin.broker()),
				EventKeys.storable(origin.destination()), origin.partition(), origin.position() };
	}

	/** The message in a row, null for one that was stored without. */
	// NullAway does not see the annotation of an array.
	@SuppressWarnings("NullAway")
	static @Nullable Original read(ResultSet row, byte @Nullable [] data) throws SQLException {
		String headers = row.getString("original_headers");
		if (headers == null) {
			return null;
		}
		byte[] payload = row.getBytes("original_payload");
		Origin origin = new Origin(row.getString("original_broker"), row.getString("original_destination"),
				row.getObject("original_partition", Integer.class), row.getObject("original_position", Long.class));
		return new Original(JSON.readValue(headers, new TypeReference<Map<String, String>>() {
		}), (payload != null) ? payload : data, origin);
	}

}
