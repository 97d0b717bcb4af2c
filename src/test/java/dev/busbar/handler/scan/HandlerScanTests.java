package dev.busbar.handler.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.busbar.bus.EventStream;
import dev.busbar.event.EndpointDisabled;
import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventType;
import dev.busbar.handler.InvalidHandlerException;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class HandlerScanTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withBean(HandlerScan.class)
		.withPropertyValues("spring.application.name=shop", "spring.cloud.stream.default-binder=jdbc");

	@EventType("order.placed")
	record Placed() {
	}

	@EventType("order.placed")
	record PlacedAgain() {
	}

	@EventType("order-placed")
	record Lookalike() {
	}

	@EventType(value = "order.cancelled", stream = "orders")
	record Cancelled() {
	}

	@EventType(value = "order.changed", stream = "orders")
	record Changed() {
	}

	interface Decide extends Function<Placed, Cancelled> {

	}

	@Configuration(proxyBeanMethods = false)
	static class Methods {

		@Bean
		Function<Placed, Cancelled> decide() {
			return (placed) -> new Cancelled();
		}

		@Bean
		Supplier<Changed> change() {
			return Changed::new;
		}

	}

	static class Component implements Decide {

		@Override
		public Cancelled apply(Placed placed) {
			return new Cancelled();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Plain {

		@Bean
		Function<String, String> uppercase() {
			return String::toUpperCase;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Other {

		@Bean
		Consumer<Placed> alsoPlaced() {
			return (placed) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SameName {

		@Bean
		Supplier<PlacedAgain> again() {
			return PlacedAgain::new;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SameBinding {

		@Bean
		Supplier<Lookalike> lookalike() {
			return Lookalike::new;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainNamedLikeABinding {

		@Bean
		Function<String, String> orderPlaced() {
			return String::trim;
		}

	}

	@Test
	void findsBeanMethodsAndDerivesTheirStreams() {
		this.runner.withUserConfiguration(Methods.class).run((context) -> {
			HandlerScan scan = context.getBean(HandlerScan.class);
			assertThat(scan.handlers()).containsExactly(Map.entry("order.placed", "decide"));
			assertThat(scan.streams().all()).extracting(EventStream::name).containsExactly("order.placed", "orders");
			EventStream orders = scan.streams().ofType("order.cancelled").orElseThrow();
			assertThat(orders.types()).containsExactlyInAnyOrder("order.cancelled", "order.changed");
			assertThat(orders.handled()).isFalse();
			assertThat(scan.streams().ofType("order.placed").orElseThrow().input()).isEqualTo("orderPlaced-in-0");
		});
	}

	@Test
	void findsClassesThatInheritFunctionThroughInterfaces() {
		this.runner.withBean("decider", Component.class)
			.run((context) -> assertThat(context.getBean(HandlerScan.class).handlers()).containsEntry("order.placed",
					"decider"));
	}

	@Test
	void findsLambdasThatAreRegisteredWithTheirType() {
		this.runner.withInitializer((context) -> {
			RootBeanDefinition definition = new RootBeanDefinition();
			definition.setTargetType(ResolvableType.forClassWithGenerics(Consumer.class, Placed.class));
			definition.setInstanceSupplier(() -> (Consumer<Placed>) (placed) -> {
			});
			((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("lambda", definition);
		})
			.run((context) -> assertThat(context.getBean(HandlerScan.class).handlers()).containsEntry("order.placed",
					"lambda"));
	}

	@Test
	void whatAUserSetsOutranksWhatIsDerived() {
		this.runner.withUserConfiguration(Methods.class)
			.withPropertyValues("spring.cloud.stream.bindings.orderPlaced-in-0.group=mine")
			.run((context) -> {
				assertThat(property(context, "bindings.orderPlaced-in-0.group")).isEqualTo("mine");
				assertThat(property(context, "bindings.orderPlaced-in-0.destination")).isEqualTo("order.placed");
				assertThat(property(context, "bindings.orderPlaced-in-0.consumer.batch-mode")).isEqualTo("true");
				assertThat(property(context, "bindings.orderPlaced-out-0.producer.required-groups")).isEqualTo("shop");
				assertThat(property(context, "bindings.orders-out-0.producer.required-groups")).isNull();
			});
	}

	@Test
	void whatABrokerNeedsOutranksWhatAllNeed() {
		String concurrency = "bindings.orderPlaced-in-0.consumer.concurrency";
		assertThat(List.of(derived("jdbc", concurrency), derived("rabbit", concurrency), derived("kafka", concurrency)))
			.as("all partitions at once: by one consumer, by a queue each, by a thread each")
			.containsExactly("4", "1", "4");
		String partitioned = "bindings.orderPlaced-in-0.consumer.partitioned";
		assertThat(derived("jdbc", partitioned)).isEqualTo("true");
		assertThat(derived("jdbc", partitioned, "busbar.partitions=1")).isEqualTo("false");
		assertThat(derived("rabbit", partitioned, "busbar.partitions=1")).as("growing must leave no queue unread")
			.isEqualTo("true");
	}

	@Test
	void whatIsPublishedBeforeTheFeedFirstReadsWaitsForIt() {
		String feed = "busbar.feed.enabled=true";
		String groups = "bindings.orderPlaced-out-0.producer.required-groups";
		assertThat(derived("jdbc", groups, feed)).isEqualTo("shop,shop.feed");
		assertThat(derived("rabbit", groups, feed)).as("its one queue is declared apart").isEqualTo("shop");
		assertThat(derived("rabbit", "bindings.orders-out-0.producer.required-groups", feed)).isEmpty();
		assertThat(derived("rabbit", "bindings.orderPlacedFeed-in-0.consumer.partitioned", feed)).isEqualTo("false");
		assertThat(derived("kafka", "kafka.bindings.orderPlacedFeed-in-0.consumer.start-offset", feed))
			.isEqualTo("earliest");
	}

	@Test
	void whereThereIsAFeedTheTypeOfDisabledEndpointsIsDeclared() {
		this.runner.withUserConfiguration(Methods.class)
			.run((context) -> assertThat(types(context)).doesNotContain(EndpointDisabled.TYPE));
		this.runner.withUserConfiguration(Methods.class)
			.withPropertyValues("busbar.feed.enabled=true")
			.run((context) -> {
				assertThat(types(context)).endsWith(EndpointDisabled.TYPE);
				assertThat(property(context, "bindings.busbarEndpointDisabled-out-0.destination"))
					.isEqualTo(EndpointDisabled.TYPE);
			});
		this.runner.withUserConfiguration(Methods.class)
			.withPropertyValues("busbar.feed.enabled=true", "busbar.types[busbar.endpoint-disabled].stream=alarms")
			.run((context) -> assertThat(property(context, "bindings.alarms-out-0.destination")).isEqualTo("alarms"));
	}

	private static List<String> types(AssertableApplicationContext context) {
		return context.getBean(HandlerScan.class).types().stream().map(EventDefinition::name).toList();
	}

	@Test
	void theFeedLeavesOutWhatGoesToSomebodyElsesQueue() {
		String feed = "busbar.feed.enabled=true";
		String group = "bindings.ordersFeed-in-0.group";
		String queue = "busbar.rabbit.streams.orders.routing-key=theirs";
		String undeclared = "busbar.rabbit.streams.orders.declare=false";
		assertThat(derived("rabbit", group, feed, queue, undeclared)).isEqualTo("null");
		assertThat(derived("rabbit", "bindings.orderPlacedFeed-in-0.group", feed, queue, undeclared))
			.isEqualTo("shop.feed");
		assertThat(derived("rabbit", group, feed, undeclared)).as("declared by somebody else, the feed's queue too")
			.isEqualTo("shop.feed");
		assertThat(derived("rabbit", group, feed, queue)).as("its exchange is there for others").isEqualTo("shop.feed");
		assertThat(derived("jdbc", group, feed, queue, undeclared)).isEqualTo("shop.feed");
	}

	private String derived(String broker, String name, String... properties) {
		List<String> found = new ArrayList<>();
		this.runner.withUserConfiguration(Methods.class)
			.withPropertyValues("spring.cloud.stream.default-binder=" + broker)
			.withPropertyValues(properties)
			.run((context) -> found.add(String.valueOf(property(context, name))));
		return found.get(0);
	}

	@Test
	void theOnlyPlainFunctionIsStillFoundByStream() {
		this.runner.withUserConfiguration(Methods.class, Plain.class)
			.run((context) -> assertThat(context.getEnvironment().getProperty("spring.cloud.function.definition"))
				.isEqualTo("uppercase"));
	}

	@Test
	void ourFunctionsAreNeverTakenForPlainOnes() {
		this.runner.withBean("decider", Component.class).run((context) -> {
			assertThat(context.getEnvironment().getProperty("spring.cloud.function.definition")).isNull();
			assertThat(property(context, "function.autodetect")).isEqualTo("false");
		});
	}

	@Test
	void aDefinitionOfTheUsersOwnStays() {
		this.runner.withUserConfiguration(Methods.class, Plain.class)
			.withPropertyValues("spring.cloud.function.definition=uppercase|uppercase")
			.run((context) -> assertThat(context.getEnvironment().getProperty("spring.cloud.function.definition"))
				.isEqualTo("uppercase|uppercase"));
	}

	@Test
	void typesWithoutAClassAreDeclaredByConfiguration() {
		this.runner.withPropertyValues("busbar.types.hello.stream=greetings")
			.run((context) -> assertThat(
					context.getBean(HandlerScan.class).streams().ofType("hello").orElseThrow().output())
				.isEqualTo("greetings-out-0"));
	}

	@Test
	void refusesTwoHandlersOfOneType() {
		this.runner.withUserConfiguration(Methods.class, Other.class)
			.run(refused("'order.placed'", "'decide'", "'alsoPlaced'"));
	}

	@Test
	void refusesTwoClassesForOneType() {
		this.runner.withUserConfiguration(Methods.class, SameName.class)
			.run(refused(Placed.class.getName(), PlacedAgain.class.getName()));
	}

	@Test
	void refusesStreamsWithTheSameBindings() {
		this.runner.withUserConfiguration(Methods.class, SameBinding.class)
			.run(refused("'order-placed'", "'order.placed'", "orderPlaced-in-0"));
	}

	@Test
	void refusesAPlainFunctionWithTheBindingsOfAStream() {
		this.runner.withUserConfiguration(Methods.class, PlainNamedLikeABinding.class)
			.run(refused("'order.placed'", "'orderPlaced'"));
	}

	@Test
	void refusesATypeThatIsDeclaredByClassAndByConfiguration() {
		this.runner.withUserConfiguration(Methods.class)
			.withPropertyValues("busbar.types[order.placed].stream=x")
			.run(refused("busbar.types", Placed.class.getName()));
	}

	@Test
	void refusesImpossibleNumbersOfPartitions() {
		this.runner.withUserConfiguration(Methods.class)
			.withPropertyValues("busbar.streams[order.placed].partitions=0")
			.run(refused("busbar.streams[order.placed].partitions"));
	}

	private static String property(AssertableApplicationContext context, String name) {
		return context.getEnvironment().getProperty("spring.cloud.stream." + name);
	}

	private static ContextConsumer<AssertableApplicationContext> refused(String... texts) {
		return (context) -> {
			Throwable cause = context.getStartupFailure();
			while (cause.getCause() != null && !(cause instanceof InvalidHandlerException)) {
				cause = cause.getCause();
			}
			assertThat(cause).isInstanceOf(InvalidHandlerException.class).hasMessageContainingAll(texts);
			assertThat(((InvalidHandlerException) cause).action()).isNotBlank();
		};
	}

}
