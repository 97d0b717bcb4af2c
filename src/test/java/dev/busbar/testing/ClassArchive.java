package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import dev.busbar.BusbarApplication;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * The class path of the tests with an archive of the classes that an application loads at
 * its start. A start takes 7.5 s of processor time with it and 13.3 s without (the two
 * cores of a busy machine), and a build starts a hundred. The JVM archives classes of
 * jars alone, so the folders of classes are packed first. It is made by the first process
 * of a build that wants it, and again when a class has changed.
 */
final class ClassArchive {

	private static final Path FOLDER = Path.of("target", "class-archive").toAbsolutePath();

	private static @Nullable List<String> options;

	private ClassArchive() {
	}

	/**
	 * What starts a JVM with this class path.
	 * @param classPath the entries, folders and jars
	 * @param jvm the program and its options, the same for all that share the archive
	 * @return options of the JVM; without an archive, if it cannot be made
	 */
	static synchronized List<String> options(List<String> classPath, List<String> jvm) {
		List<String> made = options;
		if (made == null) {
			made = make(classPath, jvm);
			options = made;
		}
		return made;
	}

	private static List<String> make(List<String> classPath, List<String> jvm) {
		try {
			Files.createDirectories(FOLDER);
			try (FileChannel channel = FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
				Objects.requireNonNull(lock);
				return made(classPath, jvm);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> made(List<String> classPath, List<String> jvm) throws IOException {
		Path state = FOLDER.resolve(state(classPath));
		List<String> entries = new ArrayList<>();
		for (int i = 0; i < classPath.size(); i++) {
			Path entry = Path.of(classPath.get(i));
			entries.add((Files.isDirectory(entry) ? state.resolve(i + ".jar") : entry).toString());
		}
		Path archive = state.resolve("classes.jsa");
		List<String> path = List.of("-cp", String.join(System.getProperty("path.separator"), entries));
		if (!Files.exists(state)) {
			deleteOthers();
			Files.createDirectories(state);
			for (int i = 0; i < entries.size(); i++) {
				if (!entries.get(i).equals(classPath.get(i))) {
					pack(classPath.get(i), entries.get(i));
				}
			}
			archive(archive, jvm, path);
		}
		List<String> options = new ArrayList<>();
		if (Files.exists(archive)) {
			options.add("-XX:SharedArchiveFile=" + archive);
		}
		options.addAll(path);
		return options;
	}

	/** What it was made of: changes with each class that is compiled. */
	private static String state(List<String> classPath) throws IOException {
		long last = 0;
		long files = 0;
		for (String entry : classPath) {
			if (Files.isDirectory(Path.of(entry))) {
				try (Stream<Path> all = Files.walk(Path.of(entry))) {
					for (Path file : (Iterable<Path>) all::iterator) {
						BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
						last = Math.max(last, attributes.lastModifiedTime().toMillis());
						files += 1;
					}
				}
			}
		}
		return Long.toHexString(last) + "-" + files + "-" + Integer.toHexString(classPath.hashCode());
	}

	private static void deleteOthers() throws IOException {
		try (Stream<Path> all = Files.list(FOLDER)) {
			for (Path old : all.filter(Files::isDirectory).toList()) {
				FileSystemUtils.deleteRecursively(old);
			}
		}
	}

	private static void pack(String folder, String jar) {
		int code = ToolProvider.findFirst("jar")
			.orElseThrow()
			.run(System.out, System.err, "--create", "--no-compress", "--file", jar, "-C", folder, ".");
		if (code != 0) {
			throw new IllegalStateException("The classes of " + folder + " cannot be packed");
		}
	}

	private static void archive(Path archive, List<String> jvm, List<String> path) throws IOException {
		List<String> command = new ArrayList<>(jvm);
		command.add("-XX:ArchiveClassesAtExit=" + archive);
		command.add("-Dspring.context.exit=onRefresh");
		command.addAll(path);
		command.add(BusbarApplication.class.getName());
		command.add("--server.port=0");
		command.add("--spring.datasource.url=jdbc:h2:mem:archive");
		Process process = new ProcessBuilder(command).directory(archive.getParent().toFile())
			.redirectErrorStream(true)
			.redirectOutput(Redirect.to(archive.resolveSibling("archive.log").toFile()))
			.start();
		try {
			if (!process.waitFor(4, TimeUnit.MINUTES)) {
				process.destroyForcibly().waitFor();
				Files.deleteIfExists(archive);
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
