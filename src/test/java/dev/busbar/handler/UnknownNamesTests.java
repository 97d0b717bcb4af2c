package dev.busbar.handler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class UnknownNamesTests {

	@Test
	void settingsOfWhatIsNotThereAreToldAtStart(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("--busbar.handlers.decide.transaction=event",
				"--busbar.handlers.decdie.transaction=event", "--busbar.producers.nobody.every=1s",
				"--busbar.streams.order.placed.partitions=3", "--busbar.streams[order.placed].partitions=1")) {
			assertThat(context.isRunning()).isTrue();
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("have no effect"))).hasSize(3)
			.anyMatch((line) -> line.contains("'busbar.handlers.decdie'") && line.contains("decide"))
			.anyMatch((line) -> line.contains("'busbar.producers.nobody'"))
			.anyMatch((line) -> line.contains("'busbar.streams.order'") && line.contains("[order.placed]"));
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplicationBuilder(HandlerApplicationTests.Shop.class)
			.web(WebApplicationType.NONE)
			.properties("spring.cloud.stream.default-binder=integration",
					"spring.datasource.url=jdbc:h2:mem:names;DB_CLOSE_DELAY=-1")
			.build();
		return application.run(arguments);
	}

}
