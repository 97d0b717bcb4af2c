package dev.busbar.contract.snippets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.busbar.testing.Command;

/**
 * What a section of a document shows of a terminal: what is typed after each {@code $},
 * and what is read then.
 */
final class Transcript {

	private static final Pattern STEP = Pattern.compile("^\\$ ((?:.*\\\\\n)*.*)\n((?:(?!\\$ |```).*\n)*)",
			Pattern.MULTILINE);

	/** What differs from one time to the next, and what the document leaves out. */
	private static final Pattern VARIABLE = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
			+ "|\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z" + "|(?<=Millis\":)[0-9.]+" + "|,? ?\\.\\.\\.");

	private static final boolean CURL = Command.succeeds("curl", "--version");

	private Transcript() {
	}

	/** The steps of a section with this heading of the second level. */
	static List<Step> of(String document, String heading) throws IOException {
		String text = Files.readString(Path.of(document));
		int start = text.indexOf("\n## " + heading + "\n");
		int end = text.indexOf("\n## ", start + 1);
		return STEP.matcher(text.substring(start, end))
			.results()
			.map((step) -> new Step(step.group(1), pattern(joined(step.group(2)))))
			.toList();
	}

	/** Lines are broken and indented for readers. */
	private static String joined(String lines) {
		return lines.lines().map(String::strip).collect(Collectors.joining());
	}

	private static Pattern pattern(String answer) {
		StringBuilder pattern = new StringBuilder();
		int last = 0;
		for (MatchResult variable : VARIABLE.matcher(answer).results().toList()) {
			pattern.append(Pattern.quote(answer.substring(last, variable.start())));
			pattern.append(anythingLike(variable.group()));
			last = variable.end();
		}
		return Pattern.compile(pattern.append(Pattern.quote(answer.substring(last))).toString());
	}

	private static String anythingLike(String variable) {
		if (variable.endsWith("...")) {
			return ".*";
		}
		if (variable.endsWith("Z")) {
			return "\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z";
		}
		return variable.contains("-") ? "[0-9a-f-]{36}" : "[0-9.]+";
	}

	/**
	 * @param typed a command for a shell, with {@code curl} and {@code localhost:8080}
	 * @param answer what it prints, in one line
	 */
	record Step(String typed, Pattern answer) {

		/** Types it, for an application that listens on this port. */
		String run(int port) {
			if (!CURL) {
				throw new IllegalStateException(
						"What README shows cannot be typed: install curl (apt-get install curl)");
			}
			List<String> command = new ArrayList<>(List.of("bash", "-c"));
			command.add(this.typed.replaceFirst("^curl ", "curl --silent --show-error --max-time 30 ")
				.replace("localhost:8080", "127.0.0.1:" + port));
			try {
				Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
				process.getOutputStream().close();
				return joined(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
