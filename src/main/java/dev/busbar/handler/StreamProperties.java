package dev.busbar.handler;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How event types travel.
 *
 * @param partitions in how many partitions a stream is divided, from 1 to 100: how many
 * of its keys are handled at the same time
 * @param streams settings of single streams, by name; a name with a dot stands in
 * brackets: {@code busbar.streams[order.placed].partitions}
 * @param types event types without a class of their own, by name, which come in and go
 * out but have no handler here
 * @param eventPackages where classes of event types are looked for that no function bean
 * uses, with the packages below; by default the packages of the application
 */
@ConfigurationProperties("busbar")
public record StreamProperties(@DefaultValue("4") int partitions, @DefaultValue Map<String, OneStream> streams,
		@DefaultValue Map<String, OneType> types, @Nullable List<String> eventPackages) {

	public StreamProperties {
		checkPartitions("busbar.partitions", partitions);
		streams.forEach((name, stream) -> {
			if (stream.partitions() != null) {
				checkPartitions("busbar.streams[" + name + "].partitions", stream.partitions());
			}
			checkForeignId("busbar.streams[" + name + "].foreign-id", stream.foreignId());
		});
	}

	private static void checkForeignId(String property, String rule) {
		if (!rule.equals("random") && !rule.equals("digest") && !rule.startsWith("/")) {
			throw new InvalidHandlerException("%s is '%s'.".formatted(property, rule),
					"Set it to 'random', 'digest' or a JSON pointer such as '/id'.");
		}
	}

	private static void checkPartitions(String property, int partitions) {
		if (partitions < 1 || partitions > 100) {
			throw new InvalidHandlerException("%s is %d.".formatted(property, partitions),
					"Set it to a number from 1 to 100.");
		}
	}

	/** The settings of a stream, the defaults if it has none of its own. */
	public OneStream stream(String name) {
		return this.streams.getOrDefault(name, OneStream.DEFAULT);
	}

	/** In how many partitions a stream is divided. */
	public int partitionsOf(String stream) {
		Integer own = stream(stream).partitions();
		return (own != null) ? own : this.partitions;
	}

	/**
	 * Settings of one stream.
	 *
	 * @param partitions its number of partitions
	 * @param foreignId where the id of a message comes from that carries no CloudEvents
	 * attributes: {@code random} (each delivery is an event of its own), {@code digest}
	 * of the payload (equal payloads are one event), or a JSON pointer such as
	 * {@code /id}
	 */
	public record OneStream(@Nullable Integer partitions, @DefaultValue("random") String foreignId) {

		static final OneStream DEFAULT = new OneStream(null, "random");

	}

	/**
	 * An event type without a class of its own.
	 *
	 * @param stream the stream on which it travels, by default one named like the type
	 */
	public record OneType(@Nullable String stream) {

		public OneType {
			// In YAML "hello: {}", which says no more than that there is such a type.
			stream = (stream == null || stream.isEmpty()) ? null : stream;
		}

	}

}
