package dev.busbar.binder.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/**
 * H2's files under the prefix {@code counted:}, which count how often they are forced to
 * disk, and of which a copy is made first if it is asked for: what would be left after a
 * crash. H2 makes them, so this is public.
 */
public final class CountedFilePath extends FilePathWrapper {

	static final AtomicInteger FORCED = new AtomicInteger();

	static final AtomicReference<@Nullable Path> COPY = new AtomicReference<>();

	@Override
	public String getScheme() {
		return "counted";
	}

	@Override
	public FileChannel open(String mode) throws IOException {
		return new CountedFile(super.open(mode));
	}

	private static final class CountedFile extends FileBaseDefault {

		private final FileChannel file;

		CountedFile(FileChannel file) {
			this.file = file;
		}

		@Override
		public void force(boolean metaData) throws IOException {
			Path copy = COPY.get();
			if (copy != null) {
				copyTo(copy);
			}
			this.file.force(metaData);
			FORCED.incrementAndGet();
		}

		private void copyTo(Path copy) throws IOException {
			ByteBuffer all = ByteBuffer.allocate((int) this.file.size());
			while (all.hasRemaining() && this.file.read(all, all.position()) > 0) {
				// until all is read
			}
			Files.write(copy, Arrays.copyOf(all.array(), all.position()));
		}

		@Override
		public int write(ByteBuffer source, long position) throws IOException {
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
		public FileLock tryLock(long position, long size, boolean shared) throws IOException {
			return this.file.tryLock(position, size, shared);
		}

		@Override
		protected void implCloseChannel() throws IOException {
			this.file.close();
		}

	}

}
