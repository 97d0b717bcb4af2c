package dev.busbar.bench.ground;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The threads that compile in JVMs, as {@code /proc} shows them; none elsewhere.
 */
final class CompilerThreads {

	/** The unit of times in /proc, as Linux shows them on every machine: USER_HZ. */
	private static final long TICKS = 100;

	private static final int BEFORE_OTHERS = -15;

	/** A JVM adds compilers, which begin with the priority of the one that adds them. */
	private static final int TRIES = 3;

	private final List<Path> threads;

	private CompilerThreads(LongStream processes) {
		List<Path> found = new ArrayList<>();
		processes.forEach((pid) -> {
			File[] all = new File("/proc/" + pid + "/task").listFiles();
			for (File thread : (all != null) ? all : new File[0]) {
				if (read(thread.toPath().resolve("comm")).matches("(?s)C[12] Compiler.*")) {
					found.add(thread.toPath());
				}
			}
		});
		this.threads = found;
	}

	/** Those of one JVM. */
	static CompilerThreads of(long pid) {
		return new CompilerThreads(LongStream.of(pid));
	}

	/** Those of all JVMs that this one has started: contestants, brokers and loads. */
	private static CompilerThreads ofAll() {
		return new CompilerThreads(ProcessHandle.current().descendants().mapToLong(ProcessHandle::pid));
	}

	/** How many milliseconds each has had a processor. */
	Map<String, Long> millis() {
		Map<String, Long> times = new HashMap<>();
		for (Path thread : this.threads) {
			String[] fields = fields(thread);
			if (fields.length > 0) {
				times.put(thread.getFileName().toString(),
						(Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000 / TICKS);
			}
		}
		return times;
	}

	/**
	 * Lets those of all JVMs go before other threads, which takes the right to (root).
	 */
	static void allGoFirst() {
		ofAll().nice(BEFORE_OTHERS);
	}

	/** Lets those of all JVMs have processors as other threads do. */
	static void allGoAlong() {
		int usual = nice(Path.of("/proc/self"), 0);
		CompilerThreads all = ofAll();
		for (int i = 0; i < TRIES && all.threads.stream().anyMatch((thread) -> nice(thread, usual) != usual); i++) {
			all.nice(usual);
			all = ofAll();
		}
	}

	/** Of a thread or process, or the given one if it has ended. */
	private static int nice(Path thread, int ended) {
		String[] fields = fields(thread);
		return (fields.length > 0) ? Integer.parseInt(fields[16]) : ended;
	}

	private void nice(int nice) {
		if (this.threads.isEmpty()) {
			return;
		}
		// Without "-n", which some take for a difference.
		List<String> command = new ArrayList<>(List.of("renice", String.valueOf(nice), "-p"));
		this.threads.forEach((thread) -> command.add(thread.getFileName().toString()));
		try {
			// A thread may have ended meanwhile.
			new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor();
		}
		catch (IOException ex) {
			// There is no such command: they go along with all others.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** What is said of a thread after its name in parentheses; none if it has ended. */
	private static String[] fields(Path thread) {
		String line = read(thread.resolve("stat"));
		return line.isEmpty() ? new String[0] : line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
	}

	/** Nothing of a thread that has ended. */
	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return "";
		}
	}

}
