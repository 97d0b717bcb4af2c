package dev.busbar.binder.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.concurrent.atomic.AtomicInteger;

import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePathWrapper;

/**
 * H2's files under the prefix {@code counted:}, which count how often they are forced to
 * disk, and how often they were written since. H2 makes them, so this is public.
 */
public final class CountedFilePath extends FilePathWrapper {

	static final AtomicInteger FORCED = new AtomicInteger();

	static final AtomicInteger UNFORCED = new AtomicInteger();

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
			UNFORCED.set(0);
			this.file.force(metaData);
			FORCED.incrementAndGet();
		}

		@Override
		public int write(ByteBuffer source, long position) throws IOException {
			UNFORCED.incrementAndGet();
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
