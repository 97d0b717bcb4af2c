package dev.busbar.binder.jdbc;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Says that another process has the H2 file open.
 */
class LockedDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

	/** H2's DATABASE_ALREADY_OPEN_1. */
	private static final int ALREADY_OPEN = 90020;

	/** After H2's prefix of a file system, if there is one. */
	private static final Pattern FILE = Pattern.compile("(?:[a-z]{2,}:)?([^\\s\"\\[\\]]+\\.mv\\.db)");

	private static final Pattern SECRET = Pattern.compile("(?i)(password=)[^;]*");

	private final Environment environment;

	LockedDatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SQLException cause) {
		if (cause.getErrorCode() != ALREADY_OPEN) {
			return null;
		}
		String url = SECRET.matcher(this.environment.getProperty("spring.datasource.url", "")).replaceAll("$1(hidden)");
		return new FailureAnalysis(
				"The database file " + file(cause)
						+ " is locked: another process has it open (spring.datasource.url is '" + url + "').",
				"Stop the other process; or give this one a file of its own by spring.datasource.url; or, to run "
						+ "several instances, set spring.datasource.url to a PostgreSQL database.",
				cause);
	}

	private static String file(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			Matcher matcher = FILE.matcher(String.valueOf(cause.getMessage()));
			if (matcher.find()) {
				return matcher.group(1);
			}
		}
		return "of H2";
	}

}
