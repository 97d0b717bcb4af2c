package dev.busbar.bench.load;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.HdrHistogram.Histogram;

/**
 * Posts orders at times that are set before, whether answers come or not, and sees their
 * results on the bus. Arguments are the port, and where results are to be seen. Each line
 * of the standard input is a round: phases as {@code <rate>x<seconds>}. It ends with the
 * file {@code load-<round>}, a line per phase: the 50th, 99th and 99.9th percentile of
 * the times from when an order <em>was to be</em> sent until its result was seen, in
 * microseconds. Its last line says how many orders were sent by then, and how many
 * results were seen twice.
 * <p>
 * Since what counts is when an order was to be sent, waiting for a connection counts as
 * well: nothing is omitted that a stalled server holds up.
 */
public final class OpenLoad {

	private static final int CONNECTIONS = 128;

	private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

	private final int port;

	private final AtomicInteger twice = new AtomicInteger();

	private final AtomicInteger next = new AtomicInteger();

	private volatile Phase current = new Phase(0, 0);

	private OpenLoad(int port) {
		this.port = port;
	}

	public static void main(String[] args) {
		try {
			OpenLoad load = new OpenLoad(Integer.parseInt(args[0]));
			Observer.start(args[1], load::seen);
			BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			int round = 0;
			for (String phases = rounds.readLine(); phases != null; phases = rounds.readLine()) {
				load.round(phases.split(" ", -1), "load-" + round++);
			}
			System.exit(0);
		}
		catch (Exception ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(1);
		}
	}

	private void seen(int number, long nanos) {
		if (!this.current.seen(number, nanos)) {
			this.twice.incrementAndGet();
		}
	}

	private void round(String[] phases, String file) throws Exception {
		StringBuilder text = new StringBuilder();
		first();
		for (String each : phases) {
			String[] numbers = each.split("x", -1);
			int rate = Integer.parseInt(numbers[0]);
			Phase phase = begin((int) (rate * Double.parseDouble(numbers[1])));
			phase.schedule(rate);
			send(phase);
			// Each begins when nothing of the one before waits any more.
			await(phase);
			Histogram times = phase.times();
			text.append(String.format(Locale.ROOT, "%d %d %d%n", times.getValueAtPercentile(50),
					times.getValueAtPercentile(99), times.getValueAtPercentile(99.9)));
		}
		text.append(this.current.end() + " " + this.twice + "\n");
		Path whole = Files.writeString(Path.of(file + ".next"), text);
		Files.move(whole, Path.of(file), StandardCopyOption.ATOMIC_MOVE);
	}

	private Phase begin(int count) {
		Phase phase = new Phase(this.current.end(), count);
		this.current = phase;
		return phase;
	}

	/**
	 * Sends one before the others, when the server may not be there yet, until the server
	 * takes it and the handler handles.
	 */
	private void first() throws Exception {
		Phase phase = begin(1);
		long deadline = System.nanoTime() + PATIENCE;
		boolean accepted = false;
		while (!accepted) {
			try (Connection connection = new Connection(this.port)) {
				accepted = connection.post(phase.first()) == 202;
			}
			catch (IOException ex) {
				if (System.nanoTime() > deadline) {
					throw ex;
				}
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
		await(phase);
	}

	private static void await(Phase phase) {
		long deadline = System.nanoTime() + PATIENCE;
		while (phase.missing() > 0) {
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException(phase.missing() + " results have not come");
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
		}
	}

	private void send(Phase phase) throws InterruptedException {
		this.next.set(phase.first());
		Thread[] threads = new Thread[CONNECTIONS];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> sendInTurn(phase));
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private void sendInTurn(Phase phase) {
		try {
			Connection connection = new Connection(this.port);
			int number = this.next.getAndIncrement();
			while (number < phase.end()) {
				long wait = phase.due(number) - System.nanoTime();
				while (wait > 0) {
					LockSupport.parkNanos(wait);
					wait = phase.due(number) - System.nanoTime();
				}
				int status = connection.post(number);
				if (Math.abs(status) != 202) {
					throw new IOException("Order " + number + " was answered with " + status);
				}
				if (status < 0) {
					connection.close();
					connection = new Connection(this.port);
				}
				number = this.next.getAndIncrement();
			}
			connection.close();
		}
		catch (IOException ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(1);
		}
	}

	/** A connection that is kept. */
	private static final class Connection implements AutoCloseable {

		private final Socket socket;

		private final InputStream in;

		private final byte[] buffer = new byte[8_192];

		Connection(int port) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setTcpNoDelay(true);
			this.socket.setSoTimeout(60_000);
			this.in = new BufferedInputStream(this.socket.getInputStream());
		}

		/** The status, negative if the connection ends then. */
		int post(int number) throws IOException {
			String body = HttpLoad.event(number);
			this.socket.getOutputStream()
				.write(("POST /events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/cloudevents+json\r\n"
						+ "content-length: " + body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.US_ASCII));
			return HttpLoad.status(this.in, this.buffer);
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
