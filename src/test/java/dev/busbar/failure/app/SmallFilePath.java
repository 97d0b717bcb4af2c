package dev.busbar.failure.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;

import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePathWrapper;

/**
 * H2's files under the prefix {@code small:}, whose writes fail as on a full disk while
 * there is a filler beside them.
 */
public final class SmallFilePath extends FilePathWrapper {

	/** Lets writes fail. */
	public static void fill(Path folder) {
		try {
			Files.createFile(filler(folder));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What lets writes fail while it is there. */
	public static Path filler(Path folder) {
		return folder.resolve("filler");
	}

	@Override
	public String getScheme() {
		return "small";
	}

	@Override
	public FileChannel open(String mode) throws IOException {
		return new SmallFile(super.open(mode), filler(Path.of(getBase().name).resolveSibling(".")));
	}

	private static final class SmallFile extends FileBaseDefault {

		private final FileChannel file;

		private final Path filler;

		SmallFile(FileChannel file, Path filler) {
			this.file = file;
			this.filler = filler;
		}

		@Override
		public int write(ByteBuffer source, long position) throws IOException {
			if (Files.exists(this.filler)) {
				throw new IOException("No space left on device");
			}
			return this.file.write(source, position);
		}

		@Override
		public int read(ByteBuffer target, long position) throws IOException {
			return this.file.read(target, position);
		}

		@Override
		public long size() throws IOException {
			return this.file.size();
		}

		@Override
		protected void implTruncate(long size) throws IOException {
			this.file.truncate(size);
		}

		@Override
		public void force(boolean metaData) throws IOException {
			this.file.force(metaData);
		}

		@Override
		public FileLock tryLock(long position, long size, boolean shared) throws IOException {
			return this.file.tryLock(position, size, shared);
		}

		@Override
		protected void implCloseChannel() throws IOException {
			this.file.close();
		}

	}

}
