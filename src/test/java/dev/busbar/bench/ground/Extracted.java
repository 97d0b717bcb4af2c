package dev.busbar.bench.ground;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The packed jar, extracted once, with what a JVM keeps of a start for the next ones: an
 * archive of classes, or from Java 25 on an AOT cache. A JVM that cannot use it does not
 * start.
 *
 * @param java the program that runs it
 * @param options the options of the JVM
 * @param jar the extracted jar
 * @param archive the archive, null without one
 */
public record Extracted(String java, List<String> options, Path jar, @Nullable Path archive) {

	private static final int TRAINING = 180;

	/** Without an archive. */
	public static Extracted plain(Path packed) throws Exception {
		return new Extracted(Program.java(), List.of(), extract(packed), null);
	}

	/** With an archive of the classes that this Java loads at a start. */
	public static Extracted withClassArchive(Path packed, String profile) throws Exception {
		Path jar = extract(packed);
		Path archive = jar.resolveSibling("busbar.jsa");
		train(Program.java(), "-XX:ArchiveClassesAtExit=", jar, archive, profile);
		return new Extracted(Program.java(), List.of("-Xshare:on", "-XX:SharedArchiveFile=" + archive), jar, archive);
	}

	/** With an AOT cache of another Java. */
	public static Extracted withAotCache(String java, Path packed, String profile) throws Exception {
		Path jar = extract(packed);
		Path archive = jar.resolveSibling("busbar.aot");
		train(java, "-XX:AOTCacheOutput=", jar, archive, profile);
		return new Extracted(java, List.of("-XX:AOTMode=on", "-XX:AOTCache=" + archive), jar, archive);
	}

	/**
	 * The program of a Java that can have an AOT cache: this one, if it can, or the one
	 * whose home {@code bench.java25} or {@code JAVA25_HOME} says.
	 */
	public static Optional<String> java25() {
		@Nullable String home = System.getProperty("bench.java25", System.getenv("JAVA25_HOME"));
		if (home != null && !home.isEmpty()) {
			return Optional.of(Path.of(home, "bin", "java").toString());
		}
		return (Runtime.version().feature() >= 25) ? Optional.of(Program.java()) : Optional.empty();
	}

	private static Path extract(Path packed) throws Exception {
		Path folder = Program.folder("bench-extracted");
		run(folder, List.of(Program.java(), "-Djarmode=tools", "-jar", packed.toString(), "extract", "--destination",
				"app"));
		return folder.resolve("app").resolve(packed.getFileName());
	}

	/** As docs/operations.md says: on a database in memory, with no broker asked. */
	private static void train(String java, String option, Path jar, Path archive, String profile) throws Exception {
		run(Program.folder("bench-training"),
				List.of(java, BenchSettings.HEAP, option + archive, "-Dspring.context.exit=onRefresh", "-jar",
						jar.toString(), "--spring.datasource.url=jdbc:h2:mem:training",
						"--spring.profiles.active=" + profile));
		if (!Files.exists(archive)) {
			throw new IllegalStateException("No archive was made at " + archive);
		}
	}

	private static void run(Path folder, List<String> command) throws InterruptedException {
		try (Program program = Program.start(folder, command)) {
			program.await(TRAINING);
		}
	}

}
