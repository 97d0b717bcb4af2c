package dev.busbar.bus.rabbit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and the broker, to take the broker away from this client alone.
 */
class TcpProxy implements AutoCloseable {

	private final ServerSocket server;

	private final int target;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private volatile boolean refusing;

	private volatile boolean stalled;

	TcpProxy(int target) throws IOException {
		this.target = target;
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/** Cuts all connections and takes no new ones. */
	void cut() {
		this.refusing = true;
		this.sockets.forEach(TcpProxy::close);
		this.sockets.clear();
	}

	/** Keeps all connections, but forwards nothing any more. */
	void stall() {
		this.stalled = true;
	}

	void restore() {
		this.refusing = false;
		this.stalled = false;
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		cut();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket client = this.server.accept();
				if (this.refusing) {
					client.close();
					continue;
				}
				Socket broker = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.add(client);
				this.sockets.add(broker);
				start(() -> forward(client, broker));
				start(() -> forward(broker, client));
			}
			catch (IOException ex) {
				// Closed.
			}
		}
	}

	private void forward(Socket from, Socket to) {
		byte[] buffer = new byte[65536];
		try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
			int count = in.read(buffer);
			while (count >= 0) {
				while (this.stalled) {
					Thread.onSpinWait();
					if (from.isClosed()) {
						return;
					}
				}
				out.write(buffer, 0, count);
				count = in.read(buffer);
			}
		}
		catch (IOException ex) {
			// Cut.
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It is closed.
		}
	}

}
