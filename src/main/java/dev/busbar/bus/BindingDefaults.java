package dev.busbar.bus;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;

/**
 * The Spring Cloud Stream properties that one kind of broker needs for a stream's
 * bindings. Implementations are named in {@code META-INF/spring.factories} and have a
 * constructor without parameters. What a user configures outranks every one of them.
 */
public interface BindingDefaults {

	/**
	 * What RabbitMQ gives a consumer as shipped, Kafka as derived, and Busbar where the
	 * broker sets no bound.
	 */
	Duration DEADLINE = Duration.ofMinutes(30);

	/** The name of the binder that needs them. */
	String binder();

	/**
	 * Whether the instances of a group have to divide the partitions among themselves,
	 * since the broker gives all of them to the first that comes.
	 */
	default boolean leased() {
		return false;
	}

	/**
	 * How long a consumer may hold what was delivered to it, before the broker takes it
	 * for dead and delivers again.
	 * @param environment the settings, those of the bindings included; read at once
	 * @return the time for each stream that this application handles, {@link #DEADLINE}
	 * where the broker sets none
	 */
	default Function<EventStream, Duration> deadlines(Environment environment) {
		return (stream) -> DEADLINE;
	}

	/**
	 * How long a consumer on a binder may hold what was delivered to it.
	 * @param binder the name of the binder
	 * @param environment the settings, those of the bindings included
	 * @return the time, for each stream that this application handles
	 */
	static Function<EventStream, Duration> deadlines(String binder, Environment environment) {
		List<Function<EventStream, Duration>> all = of(binder).stream()
			.map((defaults) -> defaults.deadlines(environment))
			.toList();
		return (stream) -> all.stream()
			.map((deadlines) -> deadlines.apply(stream))
			.min(Comparator.naturalOrder())
			.orElse(DEADLINE);
	}

	/**
	 * Those of one binder.
	 * @param binder the name of the binder
	 * @return none if it needs nothing
	 */
	static List<BindingDefaults> of(String binder) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(BindingDefaults.class)
			.stream()
			.filter((candidate) -> candidate.binder().equals(binder))
			.toList();
	}

	/**
	 * Properties of the receiving binding, by their full names.
	 * @param stream a stream that this application handles
	 * @param group the consumer group
	 * @param handled how many streams this application handles, 1 or more
	 * @return names and values
	 */
	Map<String, String> input(EventStream stream, String group, int handled);

	/**
	 * Whether a feed can read a stream: not where its events go past all that the binder
	 * would read.
	 * @param stream the name of the stream
	 * @param environment the settings
	 * @return true unless the broker says otherwise
	 */
	default boolean feedable(String stream, Environment environment) {
		return true;
	}

	/**
	 * Properties that the feed's group needs, by their full names: of its receiving
	 * binding, {@link EventStream#feed}, and of the sending one where that has to know of
	 * the group. They outrank those of {@link #output}.
	 * @param stream a stream that the feed reads
	 * @param group the consumer group of the feed
	 * @return names and values
	 */
	default Map<String, String> feed(EventStream stream, String group) {
		return Map.of();
	}

	/**
	 * Properties of the sending binding, by their full names.
	 * @param stream a stream
	 * @param group the consumer group of this application
	 * @return names and values
	 */
	Map<String, String> output(EventStream stream, String group);

}
