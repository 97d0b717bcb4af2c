package dev.busbar.store.health;

import java.util.regex.Pattern;

/**
 * The address of a database, fit to be shown.
 */
final class DatabaseUrl {

	private static final Pattern SECRET = Pattern
		.compile("(?i)((?:password|passwd|pwd|secret|token)[^=;&?\\s]*=)[^;&\\s]*");

	private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]*:[^/@\\s]*@");

	private DatabaseUrl() {
	}

	static String withoutSecrets(String text) {
		return USER_INFO.matcher(SECRET.matcher(text).replaceAll("$1(hidden)")).replaceAll("//(hidden)@");
	}

}
