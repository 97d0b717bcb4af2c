package dev.busbar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import tools.jackson.databind.json.JsonMapper;

/**
 * Writes outcomes: as a table on the console, as {@code target/bench/<name>.json}, and
 * all that lie there as one page without any other file, {@code target/bench/index.html}.
 * The first contestant of a unit is what the others of that unit are compared with.
 */
final class BenchReport {

	private static final Path FOLDER = Path.of("target", "bench");

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final int WIDTH = 420;

	private BenchReport() {
	}

	static void write(Outcome outcome) throws IOException {
		System.out.println(table(outcome));
		Files.createDirectories(FOLDER);
		Files.write(FOLDER.resolve(outcome.name() + ".json"),
				JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(outcome));
		Map<Path, Outcome> all = new TreeMap<>();
		try (Stream<Path> files = Files.list(FOLDER)) {
			for (Path file : files.filter((each) -> each.toString().endsWith(".json")).toList()) {
				all.put(file, JSON.readValue(Files.readAllBytes(file), Outcome.class));
			}
		}
		Files.writeString(FOLDER.resolve("index.html"), page(all.values()));
	}

	private static String table(Outcome outcome) {
		StringBuilder text = new StringBuilder("\n" + outcome.title() + "\n");
		text.append("  ").append(outcome.environment()).append('\n');
		outcome.conditions().forEach((condition) -> text.append("  ").append(condition).append('\n'));
		text.append(line("", "median", "least", "most", "ratio", ""));
		for (String contestant : outcome.values().keySet()) {
			text.append(line(contestant, number(outcome.median(contestant)), number(outcome.least(contestant)),
					number(outcome.most(contestant)), ratio(outcome, contestant), "  " + outcome.unit(contestant)));
		}
		outcome.goals().forEach((goal) -> text.append("  ").append(goal.text()).append('\n'));
		return text.toString();
	}

	private static String line(String name, String... cells) {
		StringBuilder line = new StringBuilder("%-40s".formatted(name));
		for (String cell : cells) {
			line.append("%12s".formatted(cell));
		}
		return line.append('\n').toString();
	}

	private static String ratio(Outcome outcome, String contestant) {
		String first = outcome.comparedWith(contestant);
		return "%.2f".formatted(outcome.median(contestant) / outcome.median(first));
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, "%,.1f", value);
	}

	private static String page(Collection<Outcome> outcomes) {
		StringBuilder page = new StringBuilder(
				"""
						<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Busbar: benchmarks</title><style>
						body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
						table{border-collapse:collapse}td,th{padding:.25rem .75rem;text-align:right}
						td:first-child,th:first-child{text-align:left}tr+tr{border-top:1px solid #ddd}
						svg rect{fill:#2b6cb0}svg line{stroke:#222}p{color:#555}.met{color:#276749}.missed{color:#9b2c2c}
						</style></head><body><h1>Busbar: benchmarks</h1>
						<p>Bars are medians, lines go from the least to the most of the rounds; a ratio is to the first row of the same unit.</p>
						""");
		outcomes.forEach((outcome) -> section(page, outcome));
		return page.append("</body></html>\n").toString();
	}

	private static void section(StringBuilder page, Outcome outcome) {
		page.append("<h2>").append(escaped(outcome.title())).append("</h2><p>");
		page.append(escaped(outcome.environment())).append("<br>");
		outcome.conditions().forEach((condition) -> page.append(escaped(condition)).append("<br>"));
		page.append("</p><table><tr><th></th><th>median</th><th>unit")
			.append("</th><th>least</th><th>most</th><th>ratio</th><th></th></tr>");
		for (String contestant : outcome.values().keySet()) {
			page.append("<tr><td>")
				.append(escaped(contestant))
				.append("</td><td>")
				.append(number(outcome.median(contestant)))
				.append("</td><td>")
				.append(escaped(outcome.unit(contestant)))
				.append("</td><td>")
				.append(number(outcome.least(contestant)))
				.append("</td><td>")
				.append(number(outcome.most(contestant)))
				.append("</td><td>")
				.append(ratio(outcome, contestant))
				.append("</td><td>")
				.append(bar(outcome, contestant, outcome.mostBeside(contestant)))
				.append("</td></tr>");
		}
		page.append("</table><ul>");
		outcome.goals()
			.forEach((goal) -> page.append("<li class=\"")
				.append(goal.met() ? "met" : "missed")
				.append("\">")
				.append(escaped(goal.text()))
				.append("</li>"));
		page.append("</ul>\n");
	}

	private static String bar(Outcome outcome, String contestant, double most) {
		return String.format(Locale.ROOT,
				"<svg width=\"%d\" height=\"20\"><rect y=\"3\" width=\"%.1f\" height=\"14\"/>"
						+ "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"10\" y2=\"10\"/></svg>",
				WIDTH, outcome.median(contestant) / most * WIDTH, outcome.least(contestant) / most * WIDTH,
				outcome.most(contestant) / most * WIDTH);
	}

	private static String escaped(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
	}

}
