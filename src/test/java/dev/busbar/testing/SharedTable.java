package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A table that all tests of a build fill, whichever of its processes runs them. Each
 * build begins with an empty one. A cell that is written twice has its last text.
 */
public final class SharedTable {

	private static final Path FOLDER = Path.of("target", "tables");

	private final Path file;

	/**
	 * Opens a table.
	 * @param name its name, fit for a file
	 */
	public SharedTable(String name) {
		this.file = FOLDER.resolve(name + ".tsv");
	}

	/**
	 * Writes a cell.
	 * @param row the row, without tabs and line ends, as the other texts
	 * @param column the column
	 * @param cell its text
	 */
	public void put(String row, String column, String cell) {
		byte[] line = String.join("\t", row, column, cell).concat("\n").getBytes(StandardCharsets.UTF_8);
		try {
			Files.createDirectories(FOLDER);
			try (FileChannel channel = FileChannel.open(this.file, StandardOpenOption.CREATE,
					StandardOpenOption.APPEND); FileLock lock = channel.lock()) {
				ByteBuffer rest = ByteBuffer.wrap(line);
				while (lock.isValid() && rest.hasRemaining()) {
					channel.write(rest);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What is written so far. */
	public Content content() {
		Set<String> columns = new LinkedHashSet<>();
		Map<String, Map<String, String>> rows = new LinkedHashMap<>();
		try {
			for (String line : Files.readAllLines(this.file)) {
				String[] parts = line.split("\t", 3);
				columns.add(parts[1]);
				rows.computeIfAbsent(parts[0], (row) -> new LinkedHashMap<>()).put(parts[1], parts[2]);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new Content(columns, rows);
	}

	/**
	 * What a table holds.
	 *
	 * @param columns the columns, in the order in which they came
	 * @param rows each row's cells by column, in that order
	 */
	public record Content(Set<String> columns, Map<String, Map<String, String>> rows) {

	}

}
