package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * A port that leads to another one while it is open. Closed, it refuses connections, and
 * those that were made are cut: a server that is away.
 */
public final class TcpGate implements AutoCloseable {

	private final int target;

	private final int port = FreePort.find();

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private @Nullable ServerSocket server;

	/** A closed gate to a port of the loopback address. */
	public TcpGate(int target) {
		this.target = target;
	}

	public int port() {
		return this.port;
	}

	/** Opens the gate. */
	public synchronized void open() {
		try {
			ServerSocket opened = new ServerSocket(this.port, 50, InetAddress.getLoopbackAddress());
			this.server = opened;
			thread(() -> accept(opened));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Closes the gate and cuts all connections. */
	@Override
	public synchronized void close() {
		if (this.server != null) {
			end(this.server);
			this.server = null;
		}
		this.sockets.forEach(TcpGate::end);
		this.sockets.clear();
	}

	private void accept(ServerSocket opened) {
		while (!opened.isClosed()) {
			try {
				Socket client = opened.accept();
				Socket peer = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.add(client);
				this.sockets.add(peer);
				thread(() -> copy(client, peer));
				thread(() -> copy(peer, client));
			}
			catch (IOException ex) {
				// The gate was closed, or the target is away: the client sees its end.
			}
		}
	}

	private static void copy(Socket from, Socket to) {
		try {
			from.getInputStream().transferTo(to.getOutputStream());
		}
		catch (IOException ex) {
			// One side ended.
		}
		end(from);
		end(to);
	}

	private static void end(AutoCloseable resource) {
		try {
			resource.close();
		}
		catch (Exception ex) {
			// It is gone anyway.
		}
	}

	private static void thread(Runnable work) {
		Thread thread = new Thread(work, "gate");
		thread.setDaemon(true);
		thread.start();
	}

}
