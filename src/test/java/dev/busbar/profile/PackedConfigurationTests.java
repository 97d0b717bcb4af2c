package dev.busbar.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.env.ConfigurableEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class PackedConfigurationTests {

	private static final String BINDER = "spring.cloud.stream.default-binder";

	private final Path folder;

	PackedConfigurationTests(@TempDir Path folder) {
		this.folder = folder;
	}

	@Test
	void eachConfigurationIsNamedOnce() throws IOException {
		assertThat(Files.readAllLines(Path.of("target", "classes", "META-INF", "spring",
				"org.springframework.boot.autoconfigure.AutoConfiguration.imports")))
			.isNotEmpty()
			.doesNotHaveDuplicates();
	}

	@Test
	void withoutProfilesTheBrokerIsTheEmbeddedOne() {
		assertThat(property(BINDER)).isEqualTo("jdbc");
		assertThat(property("spring.application.name")).isEqualTo("busbar");
	}

	@Test
	void aProfileChoosesTheBroker() {
		assertThat(property(BINDER, "--spring.profiles.active=rabbit")).isEqualTo("rabbit");
		assertThat(property(BINDER, "--spring.profiles.active=kafka,examples")).isEqualTo("kafka");
	}

	@Test
	void aProfileThatNamesNoBrokerKeepsTheEmbeddedOne() {
		assertThat(property(BINDER, "--spring.profiles.active=prod")).isEqualTo("jdbc");
	}

	@Test
	void twoBrokersAreRefusedWithARemedy(CapturedOutput output) {
		assertThatExceptionOfType(SeveralBrokersException.class)
			.isThrownBy(() -> property(BINDER, "--spring.profiles.active=kafka,prod,rabbit"))
			.withMessage("The active profiles name 2 brokers: kafka, rabbit. One is allowed.");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The active profiles name 2 brokers: kafka, rabbit. One is allowed.")
			.contains("Keep one of them in 'spring.profiles.active'");
	}

	@Test
	void theDefaultProfilesOfTheApplicationHoldUntilOneIsNamed() {
		Map<String, Object> defaults = Map.of("spring.profiles.default", "kafka,examples");
		try (ConfigurableApplicationContext context = application().properties(defaults).run(arguments())) {
			assertThat(context.getEnvironment().getDefaultProfiles()).containsExactly("kafka", "examples");
			assertThat(context.getEnvironment().getProperty(BINDER)).isEqualTo("kafka");
		}
		try (ConfigurableApplicationContext context = application().properties(defaults)
			.run(arguments("--spring.profiles.active=prod"))) {
			assertThat(context.getEnvironment().getActiveProfiles()).containsExactly("prod");
			assertThat(context.getEnvironment().getProperty(BINDER)).isEqualTo("jdbc");
		}
	}

	@Test
	void whateverAUserConfiguresOutranksIt() throws IOException {
		write("application.yml", "server.port: 1\nserver.address: 0.0.0.0");
		try (ConfigurableApplicationContext context = application(Configured.class)
			.properties(Map.of("spring.datasource.username", "default-properties"))
			.run(arguments("--server.port=2"))) {
			ConfigurableEnvironment environment = context.getEnvironment();
			assertThat(environment.getProperty("server.port")).isEqualTo("2");
			assertThat(environment.getProperty("server.address")).isEqualTo("0.0.0.0");
			assertThat(environment.getProperty("spring.datasource.username")).isEqualTo("default-properties");
			assertThat(environment.getProperty("spring.datasource.hikari.pool-name")).isEqualTo("property-source");
		}
	}

	@Test
	void aCopyOfTheBaseFileAloneDoesNotChangeTheBrokerOfAProfile() throws IOException {
		Files.copy(Path.of("config", "application.yml"), this.folder.resolve("application.yml"));
		assertThat(property(BINDER, "--spring.profiles.active=rabbit")).isEqualTo("rabbit");
	}

	@Test
	void copiesOfAllFilesChangeNothing() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("config"))) {
			for (Path file : files.toList()) {
				Files.copy(file, this.folder.resolve(file.getFileName()));
			}
		}
		assertThat(property(BINDER)).isEqualTo("jdbc");
		assertThat(property(BINDER, "--spring.profiles.active=kafka")).isEqualTo("kafka");
	}

	@Test
	void aUsersOwnChoiceOfBinderWins() {
		assertThat(property(BINDER, "--spring.profiles.active=kafka", "--" + BINDER + "=other")).isEqualTo("other");
	}

	@Test
	void aProfileOutranksTheBaseAndTheLaterProfileTheEarlier() throws IOException {
		write("application.yml", "spring.profiles.active: embedded");
		assertThat(property(BINDER)).isEqualTo("jdbc");
		write("application.yml", "spring.profiles.active: kafka");
		assertThat(property(BINDER)).isEqualTo("kafka");
	}

	@Test
	void aValueKeepsItsPlaceInTheFileForErrorMessages() {
		try (ConfigurableApplicationContext context = application().run(arguments())) {
			assertThat(context.getEnvironment().getPropertySources()).last()
				.satisfies((source) -> assertThat(OriginLookup.getOrigin(source, "server.port")).asString()
					.contains("dev/busbar/config/application.yml"));
		}
	}

	private void write(String name, String content) throws IOException {
		Files.writeString(this.folder.resolve(name), content);
	}

	private String property(String name, String... arguments) {
		try (ConfigurableApplicationContext context = application().run(arguments(arguments))) {
			return context.getEnvironment().getRequiredProperty(name);
		}
	}

	/** The folder takes the place of the working folder's {@code ./config}. */
	private String[] arguments(String... more) {
		List<String> config = List.of("--spring.config.location=" + this.folder.toUri());
		return Stream.concat(config.stream(), Arrays.stream(more)).toArray(String[]::new);
	}

	private static SpringApplicationBuilder application(Class<?>... sources) {
		return new SpringApplicationBuilder((sources.length > 0) ? sources : new Class<?>[] { Plain.class })
			.web(WebApplicationType.NONE);
	}

	@Configuration(proxyBeanMethods = false)
	static class Plain {

	}

	@Configuration(proxyBeanMethods = false)
	@PropertySource("classpath:dev/busbar/profile/user.properties")
	static class Configured {

	}

}
