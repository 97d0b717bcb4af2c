package dev.busbar.bus.binding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.busbar.testing.FreePort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whole applications on each broker, of which none is there.
 */
class UnselectedBrokersTests {

	private static final String RABBIT = "rabbit";

	private static final String KAFKA = "kafka";

	@ParameterizedTest
	@ValueSource(strings = { "embedded", RABBIT, KAFKA })
	void aBrokerThatIsNotSelectedHasNoBeanNoThreadAndNoHealth(String profile) {
		Set<Thread> before = threads();
		try (ConfigurableApplicationContext context = run(profile)) {
			List<String> threads = threads().stream()
				.filter((thread) -> !before.contains(thread))
				.map(Thread::getName)
				.toList();
			List<String> beans = beans(context);
			List<String> health = context.getBean(HealthContributorRegistry.class)
				.stream()
				.map(HealthContributorRegistry.Entry::name)
				.toList();
			assertThat(threads).isNotEmpty();
			assertThat(health).contains("broker").doesNotContain(RABBIT, KAFKA, "binders");
			Stream.of(RABBIT, KAFKA).filter((broker) -> !broker.equals(profile)).forEach((broker) -> {
				assertThat(threads).noneMatch((name) -> name.contains(broker));
				assertThat(beans).noneMatch((type) -> ofClient(type, broker));
			});
			if (!profile.equals("embedded")) {
				assertThat(beans).as("what is looked for is found").anyMatch((type) -> ofClient(type, profile));
			}
		}
	}

	@Test
	void theClientOfAnotherBrokerIsThereForWhoUsesItToo() {
		try (ConfigurableApplicationContext context = run("embedded", "--busbar.bus.clients=kafka,rabbit")) {
			assertThat(context.getBeansOfType(KafkaTemplate.class)).hasSize(1);
			assertThat(context.getBeansOfType(RabbitTemplate.class)).hasSize(1);
		}
	}

	@Test
	void aClientThatSpringBootDoesNotConfigureIsRefused() {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> run("embedded", "--busbar.bus.clients=pulsar").close())
			.havingRootCause()
			.withMessageContaining("pulsar");
	}

	private static ConfigurableApplicationContext run(String profile, String... arguments) {
		int absent = FreePort.find();
		List<String> all = new ArrayList<>(List.of("--spring.profiles.active=" + profile,
				"--spring.datasource.url=jdbc:h2:mem:unselected-" + profile,
				"--spring.rabbitmq.addresses=127.0.0.1:" + absent,
				"--spring.kafka.bootstrap-servers=127.0.0.1:" + absent, "--busbar.bus.probe-interval=1h"));
		all.addAll(Arrays.asList(arguments));
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
	}

	private static Set<Thread> threads() {
		return new HashSet<>(Thread.getAllStackTraces().keySet());
	}

	private static List<String> beans(ConfigurableApplicationContext context) {
		List<String> types = new ArrayList<>();
		for (String name : context.getBeanDefinitionNames()) {
			Class<?> type = context.getType(name);
			if (type != null) {
				types.add(type.getName());
			}
		}
		return types;
	}

	private static boolean ofClient(String type, String broker) {
		List<String> packages = broker.equals(KAFKA)
				? List.of("org.springframework.kafka.", "org.springframework.boot.kafka.", "org.apache.kafka.")
				: List.of("org.springframework.amqp.", "org.springframework.boot.amqp.", "com.rabbitmq.");
		return packages.stream().anyMatch(type::startsWith);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
