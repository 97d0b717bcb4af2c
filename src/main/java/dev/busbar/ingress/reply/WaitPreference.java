package dev.busbar.ingress.reply;

import java.time.Duration;
import java.util.Enumeration;

import org.jspecify.annotations.Nullable;

/**
 * The preference {@code wait} in {@code Prefer} headers, as RFC 7240 has it: of several
 * the first one counts, and what cannot be read is no preference.
 */
final class WaitPreference {

	private static final String NAME = "wait";

	/** More digits than these are longer than anyone waits. */
	private static final int DIGITS = 9;

	private final String header;

	private int place;

	private @Nullable String found;

	private WaitPreference(String header) {
		this.header = header;
	}

	/**
	 * How long a client wants to wait.
	 * @param headers the values of all {@code Prefer} headers, in their order
	 * @return the time in whole seconds; null if it is not said, or not in a way that can
	 * be read
	 */
	static @Nullable Duration of(Enumeration<String> headers) {
		while (headers.hasMoreElements()) {
			WaitPreference preference = new WaitPreference(headers.nextElement());
			if (preference.find()) {
				return seconds(preference.found);
			}
		}
		return null;
	}

	private static @Nullable Duration seconds(@Nullable String text) {
		if (text == null || text.isEmpty() || !text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return null;
		}
		String digits = text.replaceFirst("^0+(?=.)", "");
		return Duration.ofSeconds((digits.length() > DIGITS) ? Integer.MAX_VALUE : Integer.parseInt(digits));
	}

	/** Whether the header has the preference, whose value is then in {@code found}. */
	private boolean find() {
		while (this.place < this.header.length()) {
			String name = token();
			String value = value();
			if (NAME.equalsIgnoreCase(name)) {
				this.found = value;
				return true;
			}
			skipParameters();
		}
		return false;
	}

	private @Nullable String value() {
		skipSpace();
		if (!at('=')) {
			return null;
		}
		this.place++;
		skipSpace();
		return at('"') ? quoted() : token();
	}

	/** Goes behind the next comma that is not quoted. */
	private void skipParameters() {
		while (this.place < this.header.length()) {
			if (at('"')) {
				quoted();
			}
			else if (this.header.charAt(this.place++) == ',') {
				return;
			}
		}
	}

	private String token() {
		skipSpace();
		int start = this.place;
		while (this.place < this.header.length() && ",;=\" \t".indexOf(this.header.charAt(this.place)) < 0) {
			this.place++;
		}
		return this.header.substring(start, this.place);
	}

	/** A quoted string, or all that is left if it does not end. */
	private String quoted() {
		StringBuilder text = new StringBuilder();
		this.place++;
		while (this.place < this.header.length()) {
			char c = this.header.charAt(this.place++);
			if (c == '"') {
				break;
			}
			boolean escaped = c == '\\' && this.place < this.header.length();
			text.append(escaped ? this.header.charAt(this.place++) : c);
		}
		return text.toString();
	}

	private void skipSpace() {
		while (at(' ') || at('\t')) {
			this.place++;
		}
	}

	private boolean at(char c) {
		return this.place < this.header.length() && this.header.charAt(this.place) == c;
	}

}
