package dev.busbar.handler;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.handler.twice.Refunds;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.stream.binder.test.TestChannelBinderConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Beans, event types and settings that cannot be: the start names them, and says what to
 * do.
 */
@ExtendWith(OutputCaptureExtension.class)
class RefusalTests {

	@EventType("order.placed")
	record Placed(@EventKey String order) {
	}

	@EventType("order.state")
	enum State {

		OPEN, CLOSED

	}

	@EventType("order.packed")
	record Packed(@EventKey String order, @EventKey String box) {
	}

	@EventType("order sent")
	record Sent(String order) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(TestChannelBinderConfiguration.class)
	static class Nothing {

	}

	static class Shop extends Nothing {

		@Bean
		Supplier<Placed> openMarket() {
			return () -> new Placed("1");
		}

	}

	static class Both implements Consumer<Placed>, Supplier<Placed> {

		@Override
		public void accept(Placed placed) {
		}

		@Override
		public Placed get() {
			return new Placed("1");
		}

	}

	static class Several extends Nothing {

		@Bean
		Both both() {
			return new Both();
		}

	}

	static class NoObject extends Nothing {

		@Bean
		Consumer<State> follow() {
			return (state) -> {
			};
		}

		@Bean
		Function<Placed, State> open() {
			return (placed) -> State.OPEN;
		}

	}

	static class TwoKeys extends Nothing {

		@Bean
		Consumer<List<Packed>> weigh() {
			return (packed) -> {
			};
		}

	}

	static class Malformed extends Nothing {

		@Bean
		Supplier<Sent> send() {
			return () -> new Sent("1");
		}

	}

	static class NoList extends Nothing {

		@Bean
		Consumer<Set<Placed>> gather() {
			return (placed) -> {
			};
		}

	}

	static class NamedLikeAFeed extends Nothing {

		@Bean
		Supplier<Placed> place() {
			return () -> new Placed("1");
		}

		@Bean
		Function<String, String> orderPlacedFeed() {
			return String::trim;
		}

	}

	static Stream<Arguments> refusals() {
		return Stream.of(
				arguments(Several.class, "", "The bean 'both' is of several functional interfaces.",
						"Make a bean of its own for each Function, Consumer and Supplier."),
				arguments(NoList.class, "",
						"The bean 'gather' takes java.util.Set<%s>, and a batch comes as a List."
							.formatted(Placed.class.getName()),
						"Take a List, a Collection or an Iterable of events."),
				arguments(NoObject.class, "",
						"%s declares the event type 'order.state' and is an enum; the data of an event is a JSON object: declare a record or a bean. It is used by the beans 'open', 'follow'."
							.formatted(State.class.getName()),
						"Change the declaration of the event type."),
				arguments(TwoKeys.class, "",
						"%s has several parts with @EventKey: box(), order(); a type has one key: mark one part, or a method that combines them. It is used by the bean 'weigh'."
							.formatted(Packed.class.getName()),
						"Change the declaration of the event type."),
				arguments(Malformed.class, "",
						"%s declares an event type with the name 'order sent'; use letters, digits, '.', '_' and '-', at least one and at most 200. It is used by the bean 'send'."
							.formatted(Sent.class.getName()),
						"Change the declaration of the event type."),
				arguments(Nothing.class, "event-packages=dev.busbar.handler.twice",
						"The event type 'order.refunded' is declared by two classes that no function bean uses: %s and %s."
							.formatted(Refunds.Refunded.class.getName(), Refunds.RefundedAgain.class.getName()),
						"Give each class an event type of its own, or take one out of the packages that are scanned (busbar.event-packages)."),
				arguments(Nothing.class, "types.hello.stream=--",
						"The stream '--' has no letter or digit to name its bindings by.",
						"Rename the event type or the stream."),
				arguments(Shop.class, "feed.enabled=true;types[order.placed-feed].stream=order.placed-feed",
						"The feed's binding of the stream 'order.placed' is 'orderPlacedFeed-in-0', which the stream 'order.placed-feed' has too.",
						"Rename one of them, or set busbar.feed.enabled=false."),
				arguments(NamedLikeAFeed.class, "feed.enabled=true",
						"The feed's binding of the stream 'order.placed' is 'orderPlacedFeed-in-0', which the function bean 'orderPlacedFeed' has too.",
						"Rename one of them, or set busbar.feed.enabled=false."),
				arguments(Shop.class, "partitions=101", "busbar.partitions is 101.",
						"Set it to a number from 1 to 100."),
				arguments(Shop.class, "streams[order.placed].partitions=0",
						"busbar.streams[order.placed].partitions is 0.", "Set it to a number from 1 to 100."),
				arguments(Shop.class, "streams[order.placed].foreign-id=uuid",
						"busbar.streams[order.placed].foreign-id is 'uuid'.",
						"Set it to 'random', 'digest' or a JSON pointer such as '/id'."),
				arguments(Shop.class, "producers.openMarket.every=0s", "busbar.producers.openMarket.every is PT0S.",
						"Set it to a duration such as 10s."),
				arguments(Shop.class, "producers.openMarket.every=-1s", "busbar.producers.openMarket.every is PT-1S.",
						"Set it to a duration such as 10s."),
				arguments(Shop.class, "producers.openMarket.cron=every morning",
						"busbar.producers.openMarket.cron is 'every morning'.",
						"Set it to a cron expression of six fields, such as '0 0 6 * * MON-FRI'."),
				arguments(Shop.class, "producers.openMarket.every=1s;producers.openMarket.cron=0 0 6 * * *",
						"busbar.producers.openMarket has both 'every' (PT1S) and 'cron' (0 0 6 * * *).",
						"Set one of them."));
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void whatCannotBeStopsTheStart(Class<?> application, String settings, String found, String action,
			CapturedOutput output) {
		String[] arguments = Stream.of(settings.split(";"))
			.filter((setting) -> !setting.isEmpty())
			.map((setting) -> "--busbar." + setting)
			.toArray(String[]::new);
		assertThatThrownBy(() -> new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("spring.cloud.stream.default-binder=integration",
					"spring.datasource.url=jdbc:h2:mem:refusals;DB_CLOSE_DELAY=-1")
			.build()
			.run(arguments)
			.close()).isNotNull();
		assertThat(output.getOut()).contains("APPLICATION FAILED TO START")
			.contains("Description:\n\n" + found + "\n\nAction:\n\n" + action)
			.doesNotContain("\tat ");
	}

}
