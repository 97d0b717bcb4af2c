package dev.busbar.bench.floor;

import java.util.Map;
import java.util.TreeMap;

/**
 * Arguments of the form {@code name=value}.
 */
final class Settings {

	private Settings() {
	}

	static Map<String, String> of(String[] arguments) {
		Map<String, String> settings = new TreeMap<>();
		for (String argument : arguments) {
			int equal = argument.indexOf('=');
			settings.put(argument.substring(0, equal), argument.substring(equal + 1));
		}
		return settings;
	}

	static String get(Map<String, String> settings, String name) {
		String value = settings.get(name);
		if (value == null) {
			throw new IllegalArgumentException("Give " + name + "=...");
		}
		return value;
	}

}
