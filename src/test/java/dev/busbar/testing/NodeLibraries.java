package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

/**
 * Libraries of other people, run by Node.js: those of {@code src/test/counterparties},
 * installed once into {@code target/counterparties} in the versions of the lock file.
 */
public final class NodeLibraries {

	private static final Path SOURCE = Path.of("src", "test", "counterparties");

	private static final Path FOLDER = Path.of("target", "counterparties").toAbsolutePath();

	private static final String[] INSTALL = { "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund" };

	private NodeLibraries() {
	}

	/**
	 * Wants Node.js and npm. Without them the test counts as skipped, after a line that
	 * says what is missing; in CI it fails.
	 */
	public static void require() {
		require("true".equals(System.getenv("CI")), "node", "npm");
	}

	static void require(boolean always, String... programs) {
		List<String> missing = Stream.of(programs)
			.filter((program) -> !Command.succeeds(program, "--version"))
			.toList();
		if (missing.isEmpty()) {
			return;
		}
		String line = "The providers' libraries are not asked: " + String.join(" and ", missing)
				+ " missing (Debian: apt-get install nodejs npm)";
		if (always) {
			throw new IllegalStateException(line);
		}
		System.out.println(line);
		Assumptions.abort(line);
	}

	/**
	 * Runs a script, for two minutes at most.
	 * @param script the name of the script
	 * @param arguments its arguments
	 * @return what it printed
	 */
	public static String run(String script, String... arguments) {
		try {
			install();
			List<String> command = new ArrayList<>(List.of("node", script));
			command.addAll(Arrays.asList(arguments));
			return finish(command);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Starts a program that may use the WebSocket of a browser, which the older versions
	 * of Node.js do not have by themselves.
	 * @param program the source
	 */
	public static Process start(String program) {
		try {
			install();
			return new ProcessBuilder("node", "--eval", "globalThis.WebSocket ??= require('ws').WebSocket;\n" + program)
				.directory(FOLDER.toFile())
				.redirectOutput(Redirect.DISCARD)
				.redirectError(Redirect.DISCARD)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static synchronized void install() throws IOException, InterruptedException {
		Path lock = FOLDER.resolve("package-lock.json");
		Path installed = FOLDER.resolve("node_modules/.package-lock.json");
		boolean current = Files.exists(lock) && Files.exists(installed)
				&& Files.mismatch(lock, SOURCE.resolve("package-lock.json")) < 0;
		Files.createDirectories(FOLDER);
		try (Stream<Path> files = Files.list(SOURCE)) {
			for (Path file : files.toList()) {
				Files.copy(file, FOLDER.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
			}
		}
		if (!current) {
			finish(List.of(INSTALL));
		}
	}

	private static String finish(List<String> command) throws IOException, InterruptedException {
		Path output = Files.createTempFile(FOLDER, "output", ".log");
		Path errors = Files.createTempFile(FOLDER, "errors", ".log");
		Process process = new ProcessBuilder(command).directory(FOLDER.toFile())
			.redirectOutput(output.toFile())
			.redirectError(Redirect.to(errors.toFile()))
			.start();
		process.getOutputStream().close();
		if (!process.waitFor(2, TimeUnit.MINUTES)) {
			process.destroyForcibly();
			throw new IllegalStateException(command + " did not end, see " + output + " and " + errors);
		}
		if (process.exitValue() != 0) {
			throw new IllegalStateException(command + " failed: " + Files.readString(errors, StandardCharsets.UTF_8));
		}
		return Files.readString(output, StandardCharsets.UTF_8);
	}

}
