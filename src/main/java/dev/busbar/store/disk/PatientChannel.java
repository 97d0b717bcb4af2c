package dev.busbar.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A file whose writes wait while the disk is full, until there is space or the file is
 * closed. Interrupts are kept for later, since one inside a write would close the file.
 */
final class PatientChannel extends FileChannel {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

	private final FileChannel file;

	private final String name;

	PatientChannel(FileChannel file, String name) {
		this.file = file;
		this.name = name;
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		return patiently(() -> this.file.write(source));
	}

	@Override
	public int write(ByteBuffer source, long position) throws IOException {
		return patiently(() -> this.file.write(source, position));
	}

	@Override
	public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
		return this.file.write(sources, offset, length);
	}

	private int patiently(Write write) throws IOException {
		boolean waits = false;
		boolean interrupted = false;
		boolean written = false;
		try {
			while (true) {
				try {
					int length = write.run();
					written = true;
					return length;
				}
				catch (IOException ex) {
					if (!FullDisk.isCause(ex)) {
						throw ex;
					}
					if (!waits) {
						waits = true;
						FullDisk.begin(this.name);
					}
				}
				LockSupport.parkNanos(PAUSE);
				interrupted |= Thread.interrupted();
				if (!this.file.isOpen()) {
					throw new ClosedChannelException();
				}
			}
		}
		finally {
			if (waits) {
				FullDisk.end(this.name, written);
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.file.read(target);
	}

	@Override
	public int read(ByteBuffer target, long position) throws IOException {
		return this.file.read(target, position);
	}

	@Override
	public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
		return this.file.read(targets, offset, length);
	}

	@Override
	public long position() throws IOException {
		return this.file.position();
	}

	@Override
	public FileChannel position(long position) throws IOException {
		this.file.position(position);
		return this;
	}

	@Override
	public long size() throws IOException {
		return this.file.size();
	}

	@Override
	public FileChannel truncate(long size) throws IOException {
		this.file.truncate(size);
		return this;
	}

	@Override
	public void force(boolean metaData) throws IOException {
		this.file.force(metaData);
	}

	@Override
	public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
		return this.file.transferTo(position, count, target);
	}

	@Override
	public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
		return this.file.transferFrom(source, position, count);
	}

	@Override
	public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
		return this.file.map(mode, position, size);
	}

	@Override
	public FileLock lock(long position, long size, boolean shared) throws IOException {
		return this.file.lock(position, size, shared);
	}

	@Override
	public FileLock tryLock(long position, long size, boolean shared) throws IOException {
		return this.file.tryLock(position, size, shared);
	}

	@Override
	protected void implCloseChannel() throws IOException {
		this.file.close();
	}

	/** One write. */
	private interface Write {

		int run() throws IOException;

	}

}
