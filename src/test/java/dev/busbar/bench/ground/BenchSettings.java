package dev.busbar.bench.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.convert.DurationStyle;

/**
 * How large the benchmarks are, from the system properties {@code bench.*}.
 */
public final class BenchSettings {

	/** The flags of all JVMs. */
	public static final String HEAP = "-Xmx512m";

	private static final long BEGUN = System.nanoTime();

	private BenchSettings() {
	}

	/** How many rounds each contestant has. */
	public static int rounds() {
		return Integer.getInteger("bench.rounds", 3);
	}

	/** How long a contestant runs at least before it is measured for the first time. */
	public static Duration warmUp() {
		return duration("bench.warm-up", allRun() ? "15s" : "20s");
	}

	/** How long it is measured. */
	public static Duration round() {
		return duration("bench.round", "4s");
	}

	/**
	 * After which time a scenario starts no further round on a broker: by default six
	 * minutes.
	 * @param ofAll its share of the time of all, if all scenarios run
	 */
	public static Duration box(Duration ofAll) {
		return duration("bench.box", allRun() ? ofAll.toSeconds() + "s" : "6m");
	}

	/** Whether all benchmarks together have had their time. */
	public static boolean isOver() {
		return isOverIn(0);
	}

	/** Whether they will have had it in some nanoseconds. */
	public static boolean isOverIn(long nanos) {
		return System.nanoTime() - BEGUN + nanos > duration("bench.box-of-all", "90m").toNanos();
	}

	/** Whether all scenarios run, which then share the time. */
	public static boolean allRun() {
		return System.getProperty("bench", "").isEmpty() && System.getProperty("it.test", "").isEmpty();
	}

	/** Whether Busbar is recorded by JFR. */
	public static boolean profile() {
		return Boolean.getBoolean("bench.profile");
	}

	/** Whether contestants run too that the goals do not name. */
	public static boolean more() {
		return Boolean.getBoolean("bench.more");
	}

	/** How much more contestants may handle than is guessed before it is known. */
	public static double guess() {
		return Double.parseDouble(System.getProperty("bench.guess", "1"));
	}

	/** Those of some that are asked for by {@code bench.only}, all if that is not set. */
	public static List<Entrant> only(Entrant... entrants) {
		String names = System.getProperty("bench.only", "");
		return Arrays.stream(entrants)
			.filter((entrant) -> names.isEmpty() || Arrays.asList(names.split(",")).contains(entrant.name()))
			.toList();
	}

	/** When and on what a benchmark runs, and how long its rounds are. */
	public static String environment() {
		Runtime.Version java = Runtime.version();
		return "%s, %d processors%s, %s %s, Java %s, Spring Boot %s, bench.warm-up %d s, bench.round %d s".formatted(
				LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)),
				Runtime.getRuntime().availableProcessors(), machine(), System.getProperty("os.name"),
				System.getProperty("os.version"), java, SpringBootVersion.getVersion(), warmUp().toSeconds(),
				round().toSeconds());
	}

	/** The model of the processors and the memory, where Linux tells them. */
	private static String machine() {
		return told("/proc/cpuinfo", "model name").map((model) -> " (" + model + ")").orElse("")
				+ told("/proc/meminfo", "MemTotal").map((memory) -> ", memory " + memory).orElse("");
	}

	private static Optional<String> told(String file, String name) {
		try (Stream<String> lines = Files.lines(Path.of(file))) {
			return lines.filter((line) -> line.startsWith(name))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst();
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private static Duration duration(String name, String otherwise) {
		@Nullable String value = System.getProperty(name);
		return DurationStyle.detectAndParse((value != null) ? value : otherwise);
	}

}
