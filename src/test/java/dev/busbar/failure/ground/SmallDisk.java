package dev.busbar.failure.ground;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import dev.busbar.failure.app.SmallFilePath;
import dev.busbar.testing.Command;

/**
 * A file system of 512 MB, which can be full. Where none can be mounted, the writes of
 * the application fail as on one.
 */
public final class SmallDisk implements AutoCloseable {

	private static final int MEGABYTES = 512;

	private final Path folder;

	private final boolean mounted;

	private SmallDisk(Path folder, boolean mounted) {
		this.folder = folder;
		this.mounted = mounted;
	}

	/** Mounts it, which takes root. */
	public static SmallDisk mount() {
		try {
			Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "disks")), "disk-")
				.toAbsolutePath();
			boolean mounted = Command.succeeds("mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "tmpfs",
					folder.toString());
			SmallDisk disk = new SmallDisk(folder, mounted);
			Runtime.getRuntime().addShutdownHook(new Thread(disk::close));
			return disk;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What it is, for the table. */
	public String kind() {
		return this.mounted ? "a file system of " + MEGABYTES + " MB"
				: "writes that fail on purpose: nothing can be mounted";
	}

	/** Puts the application's database onto it. */
	public String[] arguments() {
		String prefix = this.mounted ? "" : "patient:small:";
		return new String[] { "--spring.datasource.url=jdbc:h2:file:" + prefix + this.folder.resolve("busbar")
				+ ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE" };
	}

	/** Writes until not a byte more fits. */
	public void fill() {
		for (int size = this.mounted ? 1024 * 1024 : 0; size > 0; size /= 4096) {
			try (OutputStream file = Files.newOutputStream(filler(), StandardOpenOption.CREATE,
					StandardOpenOption.APPEND)) {
				for (int i = 0; i < 4096; i++) {
					file.write(new byte[size]);
				}
			}
			catch (IOException ex) {
				// It is full for blocks of this size.
			}
		}
		if (!this.mounted) {
			SmallFilePath.fill(this.folder);
		}
	}

	/** Gives back what {@link #fill()} took. */
	public void free() {
		try {
			Files.delete(this.mounted ? filler() : SmallFilePath.filler(this.folder));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		if (this.mounted && Files.exists(this.folder)) {
			Command.succeeds("umount", this.folder.toString());
			this.folder.toFile().delete();
		}
	}

	private Path filler() {
		return this.folder.resolve("filler");
	}

}
