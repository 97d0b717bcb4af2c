package dev.busbar.egress.sse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Many connections to the feed, read by one thread.
 */
final class ManyReaders implements AutoCloseable {

	private final Selector selector = Selector.open();

	private final Collection<Connection> arriving = new ConcurrentLinkedQueue<>();

	private final Thread thread = new Thread(this::read, "many-readers");

	private final int port;

	ManyReaders(int port) throws IOException {
		this.port = port;
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/** Opens a connection. */
	Connection open(String query, boolean reads) throws IOException {
		SocketChannel channel = SocketChannel.open();
		channel.setOption(StandardSocketOptions.SO_RCVBUF, 8192);
		channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
		channel.write(ByteBuffer
			.wrap(("GET /feed" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
		Connection connection = new Connection(channel);
		if (reads) {
			this.arriving.add(connection);
			this.selector.wakeup();
		}
		return connection;
	}

	private void read() {
		ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
		try {
			while (this.selector.isOpen()) {
				this.selector.select(200);
				List<Connection> arrived = new ArrayList<>(this.arriving);
				this.arriving.removeAll(arrived);
				for (Connection connection : arrived) {
					connection.channel.configureBlocking(false);
					connection.channel.register(this.selector, SelectionKey.OP_READ, connection);
				}
				for (SelectionKey key : this.selector.selectedKeys()) {
					take(buffer, key);
				}
				this.selector.selectedKeys().clear();
			}
		}
		catch (IOException | java.nio.channels.ClosedSelectorException ex) {
			// closed
		}
	}

	private static void take(ByteBuffer buffer, SelectionKey key) {
		Connection connection = (Connection) key.attachment();
		try {
			int count = connection.channel.read(buffer.clear());
			if (count >= 0) {
				connection.take(new String(buffer.array(), 0, count, StandardCharsets.UTF_8));
				return;
			}
		}
		catch (IOException ex) {
			// reset
		}
		connection.ended = true;
		key.cancel();
	}

	@Override
	public void close() throws IOException {
		for (SelectionKey key : this.selector.keys()) {
			((Connection) key.attachment()).close();
		}
		this.selector.close();
	}

	/**
	 * One connection.
	 */
	static final class Connection implements AutoCloseable {

		private final SocketChannel channel;

		private String rest = "";

		private long last;

		volatile long events;

		volatile boolean orderly = true;

		volatile boolean ended;

		volatile String status = "";

		Connection(SocketChannel channel) {
			this.channel = channel;
		}

		private void take(String text) {
			String all = this.rest + text;
			int end = all.lastIndexOf('\n') + 1;
			this.rest = all.substring(end);
			String id = "";
			for (String line : all.substring(0, end).split("\r?\n")) {
				if (this.status.isEmpty()) {
					this.status = line;
				}
				if (line.startsWith("id: ")) {
					id = line.substring(4);
				}
				else if (line.startsWith("event: ") && !id.isEmpty()) {
					long number = Long.parseLong(id);
					this.orderly &= number > this.last;
					this.last = number;
					this.events++;
				}
				else if (line.startsWith("event: ")) {
					// Its id came with the text before.
					this.events++;
				}
			}
		}

		@Override
		public void close() throws IOException {
			this.channel.close();
		}

	}

}
