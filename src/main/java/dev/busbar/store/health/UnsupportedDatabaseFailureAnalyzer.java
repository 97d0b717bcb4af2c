package dev.busbar.store.health;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Says which databases serve when the URL names another one.
 */
class UnsupportedDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<RuntimeException> {

	private final Environment environment;

	UnsupportedDatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, RuntimeException cause) {
		String url = this.environment.getProperty("spring.datasource.url", "");
		if (url.isEmpty() || url.startsWith("jdbc:h2:") || url.startsWith("jdbc:postgresql:")
				|| !isOfDriver(String.valueOf(rootFailure.getMessage()))) {
			return null;
		}
		return new FailureAnalysis(
				"Busbar keeps its tables in H2 or PostgreSQL, and spring.datasource.url is '%s'."
					.formatted(DatabaseUrl.withoutSecrets(url)),
				"Set spring.datasource.url to jdbc:postgresql://<host>/<database>, or leave it out for H2 in ./data.",
				cause);
	}

	private static boolean isOfDriver(String message) {
		return message.contains("driver") || message.startsWith("The database is '");
	}

}
