package dev.busbar.store.health;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class UnsupportedDatabaseFailureAnalyzerTests {

	private static final String URL = "jdbc:mysql://127.0.0.1/shop?password=canary";

	@Test
	void anotherDatabaseIsRefusedWithWhatServesAndNoSecret() {
		SpringApplication application = new SpringApplication(Empty.class);
		Throwable failure = catchThrowable(() -> application.run("--spring.datasource.url=" + URL));
		FailureAnalyzer analyzer = new UnsupportedDatabaseFailureAnalyzer(
				new MockEnvironment().withProperty("spring.datasource.url", URL));
		FailureAnalysis analysis = analyzer.analyze(failure);
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("H2 or PostgreSQL", "jdbc:mysql://127.0.0.1/shop")
			.doesNotContain("canary");
		assertThat(analysis.getAction()).contains("jdbc:postgresql:");
	}

	@Test
	void otherFailuresAreNotItsOwn() {
		FailureAnalyzer analyzer = new UnsupportedDatabaseFailureAnalyzer(
				new MockEnvironment().withProperty("spring.datasource.url", URL));
		assertThat(analyzer.analyze(new IllegalStateException("something else"))).isNull();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Empty {

	}

}
