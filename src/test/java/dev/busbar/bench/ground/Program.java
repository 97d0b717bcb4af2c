package dev.busbar.bench.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A program in a JVM of its own, with the flags of all, in a folder of its own under
 * {@code target/processes}.
 */
public final class Program implements AutoCloseable {

	private static final Pattern STARTED = Pattern.compile(": Started \\S+ in [\\d.]+ seconds");

	private static final Path PARENT = Path.of("target", "processes").toAbsolutePath();

	private static final List<String> MODULITH = List.of("spring-modulith", "jmolecules", "jstereotype");

	private static final int LONGEST_PAUSE = 10;

	private final Path folder;

	private final Process process;

	private Program(Path folder, Process process) {
		this.folder = folder;
		this.process = process;
	}

	/** An empty folder for a program. */
	public static Path folder(String name) {
		try {
			return Files.createTempDirectory(Files.createDirectories(PARENT), name + "-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts a program.
	 * @param folder its working folder
	 * @param main its main class
	 * @param without parts of the names of jars and folders that are left out of its
	 * class path
	 * @param options further options of the JVM
	 * @param arguments its arguments
	 */
	public static Program start(Path folder, Class<?> main, List<String> without, List<String> options,
			List<String> arguments) {
		List<String> all = new ArrayList<>(without);
		all.addAll(MODULITH);
		return launch(folder, main, classPath(all), options, arguments);
	}

	/** Starts a program that has further folders on its class path. */
	static Program startWith(List<Path> folders, Path folder, Class<?> main, List<String> options,
			List<String> arguments) {
		StringBuilder classPath = new StringBuilder(classPath(MODULITH));
		folders.forEach((each) -> classPath.append(System.getProperty("path.separator")).append(each));
		return launch(folder, main, classPath.toString(), options, arguments);
	}

	/** Starts a program that has the libraries of Spring Modulith too. */
	static Program startWithModulith(Path folder, Class<?> main, List<String> without, List<String> arguments) {
		return launch(folder, main, classPath(without), List.of(), arguments);
	}

	private static Program launch(Path folder, Class<?> main, String classPath, List<String> options,
			List<String> arguments) {
		List<String> command = new ArrayList<>(List.of(java(), BenchSettings.HEAP));
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, main.getName()));
		command.addAll(arguments);
		return start(folder, command);
	}

	/** Starts any command in a folder. */
	public static Program start(Path folder, List<String> command) {
		try {
			ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
				.redirectErrorStream(true)
				.redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()));
			Program program = new Program(folder, builder.start());
			Runtime.getRuntime().addShutdownHook(new Thread(program.process::destroyForcibly));
			return program;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The program {@code java} that runs this. */
	public static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	private static String classPath(List<String> without) {
		String separator = System.getProperty("path.separator");
		List<String> left = new ArrayList<>(without);
		left.add("spring-cloud-stream-test-binder");
		return Arrays.stream(System.getProperty("java.class.path").split(separator, -1))
			// An empty one would be the project's folder, with its config.
			.filter((entry) -> !entry.isEmpty())
			.map((entry) -> Path.of(entry).toAbsolutePath().toString())
			.filter((entry) -> left.stream().noneMatch(entry::contains))
			.collect(Collectors.joining(separator));
	}

	public Path folder() {
		return this.folder;
	}

	public long pid() {
		return this.process.pid();
	}

	/** How long it has had a processor, all of them together. */
	public Duration processor() {
		return this.process.info().totalCpuDuration().orElseThrow();
	}

	/** The threads that compile in its JVM. */
	CompilerThreads compilers() {
		return CompilerThreads.of(pid());
	}

	boolean isRunning() {
		return this.process.isAlive();
	}

	/** Fails if the program has ended. */
	public void check() {
		if (!this.process.isAlive()) {
			throw new IllegalStateException(
					"The program ended with " + this.process.exitValue() + ", see " + this.folder.resolve("log"));
		}
	}

	/** Waits until the program ends by itself, in good order. */
	public void await(long seconds) throws InterruptedException {
		if (!this.process.waitFor(seconds, TimeUnit.SECONDS) || this.process.exitValue() != 0) {
			throw new IllegalStateException("The program failed, see " + this.folder.resolve("log"));
		}
	}

	/**
	 * Waits until a Spring Boot application has started. One that handles before that
	 * would be stopped while it starts, and so not in good order.
	 */
	public void awaitStart(Duration most) {
		Awaitility.await("start, see " + this.folder).atMost(most).until(() -> {
			check();
			String log = read("log");
			return log != null && STARTED.matcher(log).find();
		});
	}

	/** What a file in the folder says, null if there is none. */
	public @Nullable String read(String file) {
		Path path = this.folder.resolve(file);
		try {
			return Files.exists(path) ? Files.readString(path).strip() : null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	/** The first number that a line of the system's account of the process has. */
	public double status(String line) throws IOException {
		return Files.readAllLines(Path.of("/proc/" + pid() + "/status"))
			.stream()
			.filter((each) -> each.startsWith(line + ":"))
			.mapToDouble((each) -> Double.parseDouble(each.replaceAll("\\D+", "")))
			.findFirst()
			.orElseThrow();
	}

	/** Writes a line that it can read from its standard input. */
	public void tell(String line) throws IOException {
		this.process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
		this.process.getOutputStream().flush();
	}

	/** Lets it have no processor until {@link #resume()}. */
	public void pause() {
		signal("STOP");
	}

	/** Lets it go on, if it was paused. */
	public void resume() {
		signal("CONT");
	}

	/**
	 * Does something while a program is paused, if there is one; for so short a time that
	 * no broker takes it for dead. It goes on then even if the action takes longer.
	 */
	static void paused(@Nullable Program program, Action action) throws Exception {
		if (program == null) {
			action.run();
			return;
		}
		program.check();
		CompletableFuture<Void> limit = CompletableFuture.runAsync(program::resume,
				CompletableFuture.delayedExecutor(LONGEST_PAUSE, TimeUnit.SECONDS));
		try {
			program.pause();
			action.run();
		}
		finally {
			if (!limit.cancel(false)) {
				System.out.printf("%s went on after %d s, before all was stored%n", program.folder().getFileName(),
						LONGEST_PAUSE);
			}
			program.resume();
		}
	}

	private void signal(String name) {
		if (!this.process.isAlive()) {
			return;
		}
		try {
			new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).inheritIO().start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Ends it as SIGTERM does. */
	public void stop() throws InterruptedException {
		resume();
		this.process.destroy();
		if (!this.process.waitFor(40, TimeUnit.SECONDS)) {
			this.process.destroyForcibly().waitFor();
			throw new IllegalStateException("The program did not stop, see " + this.folder.resolve("log"));
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	/** What is done while a program is paused. */
	@FunctionalInterface
	interface Action {

		/** Does it. */
		void run() throws Exception;

	}

}
