package dev.busbar.store.health;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Says that the application needs its database to start: that it cannot be reached, that
 * it refuses the user, or that there is none of this name.
 */
class AbsentDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

	private final Environment environment;

	AbsentDatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
		String state = String.valueOf(cause.getSQLState());
		String found = state.startsWith("08") ? "cannot be reached"
				: state.startsWith("28") ? "refuses the user" : state.equals("3D000") ? "does not exist" : null;
		if (found == null) {
			return null;
		}
		String url = this.environment.getProperty("spring.datasource.url", "");
		return new FailureAnalysis(
				"The database %s (spring.datasource.url is '%s'): %s".formatted(found, DatabaseUrl.withoutSecrets(url),
						DatabaseUrl.withoutSecrets(String.valueOf(cause.getMessage()))),
				"Busbar needs its database to start. Start it, or correct spring.datasource.url, username and password.",
				cause);
	}

}
