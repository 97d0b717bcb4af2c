package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.jspecify.annotations.Nullable;

/**
 * Busbar, or an application with Busbar as a library, as a process of its own in a
 * working folder of its own under {@code target}, on a free port. It can be stopped,
 * killed and started again with its data.
 */
public final class BusbarProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(4);

	/** Of the log, for whoever reads of a failure and does not have the file. */
	private static final int LAST_LINES = 40;

	private static final Pattern STARTED = Pattern.compile("Started \\w+ in ([0-9.]+) seconds");

	/** What follows the options of the JVM. */
	private final List<String> program;

	/** Of the JVM, in front of all others. */
	private final List<String> options = new ArrayList<>();

	private boolean library;

	private boolean quick = true;

	private final Path folder;

	private final int port = FreePort.find();

	private @Nullable Process process;

	private static final String SEPARATOR = System.getProperty("path.separator");

	/** For a quick start, which counts for more in tests than throughput. */
	private static final List<String> QUICK = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

	private BusbarProcess(String name, List<String> start, List<String> arguments) {
		this.folder = folder(name);
		this.program = new ArrayList<>(start);
		this.program.add("--server.port=" + this.port);
		this.program.addAll(arguments);
		Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "end " + name));
	}

	/**
	 * The executable jar that the build made: the system property {@code busbar.jar}.
	 */
	public static BusbarProcess jar(String name, List<String> arguments) {
		Path jar = Path.of(System.getProperty("busbar.jar", "target/busbar.jar")).toAbsolutePath();
		if (!Files.exists(jar)) {
			throw new IllegalStateException(jar + " is missing: run ./mvnw package first");
		}
		return new BusbarProcess(name, List.of("-jar", jar.toString()), arguments);
	}

	/** Another application on the class path of the tests, with Busbar as a library. */
	public static BusbarProcess library(String name, Class<?> main, List<String> arguments) {
		BusbarProcess process = new BusbarProcess(name, List.of(main.getName()), arguments);
		process.library = true;
		return process;
	}

	/**
	 * Any program on the class path of the tests, with the heap of the others; it ends by
	 * itself.
	 */
	public static Process plain(Class<?> main, List<String> arguments) {
		List<String> command = new ArrayList<>(List.of(java(), "-Xmx512m", "-cp", joined(classPath()), main.getName()));
		command.addAll(arguments);
		try {
			return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.DISCARD).start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<String> command() {
		List<String> command = new ArrayList<>(List.of(java(), "-Xmx512m"));
		if (this.quick) {
			command.addAll(QUICK);
		}
		if (this.library && this.quick) {
			command.addAll(ClassArchive.options(classPath(), command));
		}
		else if (this.library) {
			command.addAll(List.of("-cp", joined(classPath())));
		}
		command.addAll(1, this.options);
		command.addAll(this.program);
		return command;
	}

	private static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	private static List<String> classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(SEPARATOR, -1))
			.filter((entry) -> !entry.isEmpty() && !entry.contains("spring-cloud-stream-test-binder"))
			.map((entry) -> Path.of(entry).toAbsolutePath().toString())
			.toList();
	}

	private static String joined(List<String> entries) {
		return String.join(SEPARATOR, entries);
	}

	/** Runs it as the JVM would without the tests: for benchmarks. */
	public BusbarProcess forThroughput() {
		this.quick = false;
		return this;
	}

	/** Adds an option of the JVM, for the starts to come. */
	public BusbarProcess withOption(String option) {
		this.options.add(option);
		return this;
	}

	/** Starts the process and returns when its web server answers. */
	public BusbarProcess start() {
		Process started = launch();
		await(started, "to answer", () -> client().isUp());
		return this;
	}

	/** Starts the process and returns when it reports readiness, broker included. */
	public BusbarProcess startReady() {
		Process started = launch();
		await(started, "to be ready", () -> client().isReady());
		return this;
	}

	/** Starts the process and returns when it has ended, because it cannot start. */
	public BusbarProcess startInVain() {
		Process started = launch();
		Awaitility.await("the application to give up, see " + logFile())
			.atMost(PATIENCE)
			.until(() -> !started.isAlive());
		return this;
	}

	/** Ends the process as SIGTERM does, in good order. */
	public void stop() {
		Process running = this.process;
		if (running != null) {
			running.destroy();
			awaitEnd(running);
		}
	}

	/** Ends the process at once, as {@code kill -9} does. */
	public void kill() {
		Process running = this.process;
		if (running != null) {
			running.destroyForcibly();
			awaitEnd(running);
		}
	}

	/** How the process ended; only for one that has. */
	public int exitCode() {
		return Objects.requireNonNull(this.process).exitValue();
	}

	public boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	public BusbarClient client() {
		return new BusbarClient(URI.create("http://127.0.0.1:" + this.port));
	}

	/** The working folder. */
	public Path folder() {
		return this.folder;
	}

	/** All that the process has said since its first start. */
	public String log() {
		try {
			return Files.readString(logFile());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** How long the first start took, web server included, as Spring Boot says it. */
	public double startSeconds() {
		Matcher matcher = STARTED.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException("The application has not said that it started, see " + logFile());
		}
		return Double.parseDouble(matcher.group(1));
	}

	@Override
	public void close() {
		stop();
	}

	private Process launch() {
		if (isRunning()) {
			throw new IllegalStateException("The process runs already");
		}
		try {
			Process started = new ProcessBuilder(command()).directory(this.folder.toFile())
				.redirectErrorStream(true)
				.redirectOutput(Redirect.appendTo(logFile().toFile()))
				.start();
			this.process = started;
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void await(Process started, String what, Callable<Boolean> condition) {
		try {
			Awaitility.await("the application " + what)
				.atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(100))
				.failFast("the application ended at its start", () -> !started.isAlive())
				.until(condition);
		}
		catch (ConditionTimeoutException | TerminalFailureException ex) {
			List<String> lines = log().lines().toList();
			throw new IllegalStateException(
					ex.getMessage() + ", see " + logFile() + ", which ends with:\n"
							+ String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())),
					ex);
		}
	}

	private Path logFile() {
		return this.folder.resolve("busbar.log");
	}

	private static Path folder(String name) {
		try {
			Path parent = Files.createDirectories(Path.of("target", "processes").toAbsolutePath());
			return Files.createTempDirectory(parent, name + "-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void awaitEnd(Process running) {
		try {
			if (!running.waitFor(40, TimeUnit.SECONDS)) {
				running.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
