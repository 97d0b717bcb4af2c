package dev.busbar.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

import com.standardwebhooks.Webhook;

/**
 * Receives HTTP requests on a free port of loopback and answers what it likes, byte for
 * byte. One request per connection.
 */
public final class Receiver implements AutoCloseable {

	private final String scheme;

	private final ServerSocket server;

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "receiver");
		thread.setDaemon(true);
		return thread;
	});

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	private final AtomicInteger closed = new AtomicInteger();

	private volatile Answering answering = (request, out) -> answer(out, "200 OK");

	public Receiver() {
		this("http", ServerSocketFactory.getDefault());
	}

	private Receiver(String scheme, ServerSocketFactory sockets) {
		this.scheme = scheme;
		try {
			this.server = sockets.createServerSocket(0, 200, InetAddress.getByName("127.0.0.1"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
	}

	/** A receiver that speaks TLS. */
	public static Receiver secure(SSLContext tls) {
		return new Receiver("https", tls.getServerSocketFactory());
	}

	/** Says how requests are answered from now on. */
	public Receiver answering(Answering how) {
		this.answering = how;
		return this;
	}

	/** Answers all requests with a status line, without a body. */
	public Receiver status(String status, String... headers) {
		return answering((request, out) -> answer(out, status, headers));
	}

	public static void answer(OutputStream out, String status, String... headers) throws IOException {
		StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		out.write((head + "Content-Length: 0\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
	}

	private void accept() {
		try {
			while (!this.server.isClosed()) {
				Socket socket = this.server.accept();
				this.connections.incrementAndGet();
				this.threads.execute(() -> serve(socket));
			}
		}
		catch (IOException ex) {
			// Closed.
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			socket.setSoTimeout(60_000);
			Request request = read(new BufferedInputStream(socket.getInputStream()));
			this.requests.add(request);
			OutputStream out = socket.getOutputStream();
			this.answering.answer(request, out);
			out.flush();
		}
		catch (IOException | InterruptedException ex) {
			// The client is gone.
		}
		finally {
			this.closed.incrementAndGet();
		}
	}

	private static Request read(InputStream in) throws IOException {
		String line = line(in);
		Map<String, String> headers = new TreeMap<>();
		for (String header = line(in); !header.isEmpty(); header = line(in)) {
			int colon = header.indexOf(':');
			headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
		}
		byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
		return new Request(line, headers, body, in);
	}

	private static String line(InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int b = in.read(); b != '\n'; b = in.read()) {
			if (b < 0) {
				throw new IOException("closed");
			}
			line.write(b);
		}
		return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
	}

	public int port() {
		return this.server.getLocalPort();
	}

	public String url() {
		return this.scheme + "://127.0.0.1:" + port() + "/hook";
	}

	public List<Request> requests() {
		return this.requests;
	}

	/** How many connections were made. */
	public int connections() {
		return this.connections.get();
	}

	/** How many connections have ended, from either side. */
	public int closed() {
		return this.closed.get();
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.shutdownNow();
	}

	/** Answers a request; the connection is closed after. */
	@FunctionalInterface
	public interface Answering {

		void answer(Request request, OutputStream out) throws IOException, InterruptedException;

	}

	/** A request: its first line, its headers by lower-case names, its body. */
	@SuppressWarnings("ArrayRecordComponent")
	public record Request(String line, Map<String, String> headers, byte[] body, InputStream in) {

		/** Waits until the client has closed the connection. */
		public void awaitClose() throws IOException {
			this.in.read();
		}

		/** Fails unless it is signed as Standard Webhooks has it. */
		public void verify(String secret) throws Exception {
			Map<String, List<String>> signed = new TreeMap<>();
			this.headers.forEach((name, value) -> signed.put(name, List.of(value)));
			new Webhook(secret).verify(text(), signed);
		}

		public String text() {
			return new String(this.body, StandardCharsets.UTF_8);
		}

	}

}
