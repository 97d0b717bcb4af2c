package dev.busbar.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Connections of clients that are slow on purpose. One thread feeds them all, a byte each
 * second; what the server sends stays unread, but for a byte that tells of it.
 */
public final class SlowSockets implements AutoCloseable {

	private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

	private final List<SocketChannel> open = new ArrayList<>();

	private final InetSocketAddress address;

	/**
	 * Prepares clients.
	 * @param server where to connect to
	 */
	public SlowSockets(URI server) {
		this.address = new InetSocketAddress(server.getHost(), server.getPort());
	}

	/**
	 * Opens connections.
	 * @param count how many
	 * @param beginning what each sends at once
	 * @param drop what each sends once a second; empty: nothing
	 */
	public void open(int count, String beginning, String drop) throws IOException {
		List<SocketChannel> opened = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			SocketChannel channel = SocketChannel.open();
			channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
			channel.connect(this.address);
			channel.write(bytes(beginning));
			channel.configureBlocking(false);
			opened.add(channel);
		}
		this.open.addAll(opened);
		if (!drop.isEmpty()) {
			this.clock.scheduleWithFixedDelay(() -> opened.removeIf((channel) -> !write(channel, drop)), 1, 1,
					TimeUnit.SECONDS);
		}
	}

	/** How many of them the server has answered or closed until now. */
	public long answered() throws IOException {
		long answered = 0;
		for (SocketChannel channel : this.open) {
			try {
				answered += (channel.read(ByteBuffer.allocate(1)) != 0) ? 1 : 0;
			}
			catch (IOException ex) {
				answered++;
			}
		}
		return answered;
	}

	/**
	 * Waits until each has an answer, of which no more is read than its beginning.
	 * @param beginning how answers begin that count
	 * @return how many have such a one
	 */
	public long answered(String beginning) throws IOException {
		long answered = 0;
		for (SocketChannel channel : this.open) {
			channel.configureBlocking(true);
			channel.socket().setSoTimeout(60_000);
			byte[] answer = channel.socket().getInputStream().readNBytes(beginning.length());
			answered += beginning.equals(new String(answer, StandardCharsets.ISO_8859_1)) ? 1 : 0;
			channel.configureBlocking(false);
		}
		return answered;
	}

	/** Has each send something. */
	public void send(String text) throws IOException {
		for (SocketChannel channel : this.open) {
			channel.write(bytes(text));
		}
	}

	/** Reads what has come, and tells how many of them have no more to come. */
	public long ended() {
		long ended = 0;
		ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
		for (SocketChannel channel : this.open) {
			try {
				channel.setOption(StandardSocketOptions.SO_RCVBUF, 1_000_000);
				int count = 1;
				while (count > 0) {
					count = channel.read(buffer.clear());
				}
				ended += (count < 0) ? 1 : 0;
			}
			catch (IOException ex) {
				ended++;
			}
		}
		return ended;
	}

	private boolean write(SocketChannel channel, String drop) {
		try {
			channel.write(bytes(drop));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	@Override
	public void close() throws IOException {
		this.clock.shutdownNow();
		for (SocketChannel channel : this.open) {
			channel.close();
		}
	}

}
