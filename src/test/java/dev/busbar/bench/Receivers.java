package dev.busbar.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Receivers of webhooks, each on a port of its own, that answer 204 after 20 ms. A dead
 * one takes connections and never answers.
 */
final class Receivers implements AutoCloseable {

	static {
		// Else the answer waits for the client's acknowledgment, 40 ms on Linux.
		System.setProperty("sun.net.httpserver.nodelay", "true");
	}

	private static final long DELAY_MILLIS = 20;

	private final List<HttpServer> servers = new ArrayList<>();

	private final List<Integer> ports = new ArrayList<>();

	private final List<ServerSocket> dead = new ArrayList<>();

	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	private final AtomicLong received = new AtomicLong();

	private final AtomicLong again = new AtomicLong();

	private final ExecutorService threads = Executors.newFixedThreadPool(4, Receivers::daemon);

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, Receivers::daemon);

	/**
	 * Starts receivers.
	 * @param alive how many answer
	 * @param dead how many do not
	 */
	Receivers(int alive, int dead) {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try {
			for (int i = 0; i < alive; i++) {
				HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 512);
				int number = i;
				server.createContext("/", (exchange) -> receive(number, exchange));
				server.setExecutor(this.threads);
				server.start();
				this.servers.add(server);
				this.ports.add(server.getAddress().getPort());
			}
			for (int i = 0; i < dead; i++) {
				ServerSocket socket = new ServerSocket(0, 1_000, loopback);
				this.dead.add(socket);
				this.ports.add(socket.getLocalPort());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(task, "receiver");
		thread.setDaemon(true);
		return thread;
	}

	/** The ports, those of the dead ones last. */
	List<Integer> ports() {
		return List.copyOf(this.ports);
	}

	/** How many webhooks have come so far, each one counted once per receiver. */
	long received() {
		return this.received.get();
	}

	/** How many came once more. */
	long again() {
		return this.again.get();
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void receive(int number, HttpExchange exchange) throws IOException {
		exchange.getRequestBody().readAllBytes();
		String id = exchange.getRequestHeaders().getFirst("webhook-id");
		String signature = exchange.getRequestHeaders().getFirst("webhook-signature");
		if (id == null || signature == null || !signature.startsWith("v1,")) {
			throw new IOException("Not a signed webhook");
		}
		(this.seen.add(number + " " + id) ? this.received : this.again).incrementAndGet();
		this.timer.schedule(() -> answer(exchange), DELAY_MILLIS, TimeUnit.MILLISECONDS);
	}

	private static void answer(HttpExchange exchange) {
		try {
			exchange.sendResponseHeaders(204, -1);
		}
		catch (IOException ex) {
			// The sender is gone.
		}
		exchange.close();
	}

	@Override
	public void close() {
		this.servers.forEach((server) -> server.stop(0));
		this.threads.shutdownNow();
		this.timer.shutdownNow();
		for (ServerSocket socket : this.dead) {
			try {
				socket.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

}
