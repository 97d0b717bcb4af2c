package dev.busbar.bench.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

import org.HdrHistogram.Histogram;

/**
 * Posts orders at times that are set before, whether answers come or not, and sees their
 * results on the bus. Arguments are the port, where results are to be seen, and phases as
 * {@code <rate>x<seconds>}. Ends with the file {@code load}, a line per phase: the 50th,
 * 99th and 99.9th percentile of the times from when an order <em>was to be</em> sent
 * until its result was seen, in microseconds. Its last line says how many orders were
 * sent, and how many results were seen twice.
 * <p>
 * Since what counts is when an order was to be sent, waiting for a connection counts as
 * well: nothing is omitted that a stalled server holds up.
 */
public final class OpenLoad {

	private static final int CONNECTIONS = 128;

	private static final long LONGEST = TimeUnit.MINUTES.toMicros(10);

	private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

	private final int port;

	private final long[] due;

	private final AtomicLongArray seen;

	private final AtomicInteger missing;

	private final AtomicInteger twice = new AtomicInteger();

	private final AtomicInteger next = new AtomicInteger();

	/** Where a phase ends. Set before its threads start. */
	private volatile int end;

	private OpenLoad(int port, int count) {
		this.port = port;
		this.due = new long[count];
		this.seen = new AtomicLongArray(count);
		this.missing = new AtomicInteger(count);
	}

	public static void main(String[] args) throws Exception {
		int[] rates = new int[args.length - 2];
		int[] counts = new int[rates.length];
		int count = 1;
		for (int i = 0; i < rates.length; i++) {
			String[] phase = args[i + 2].split("x", -1);
			rates[i] = Integer.parseInt(phase[0]);
			counts[i] = (int) (rates[i] * Double.parseDouble(phase[1]));
			count += counts[i];
		}
		OpenLoad load = new OpenLoad(Integer.parseInt(args[0]), count);
		Observer.start(args[1], load::seen);
		load.first();
		int from = 1;
		for (int i = 0; i < rates.length; i++) {
			// Each begins when nothing of the one before waits any more.
			load.schedule(from, rates[i], counts[i]);
			load.send(from, from + counts[i]);
			from += counts[i];
			load.await(load.due.length - from);
		}
		load.report(counts);
		System.exit(0);
	}

	private void seen(int number, long nanos) {
		if (this.seen.compareAndSet(number, 0, nanos)) {
			this.missing.decrementAndGet();
		}
		else {
			this.twice.incrementAndGet();
		}
	}

	/**
	 * Sends one before the others, when the server may not be there yet, until the server
	 * takes it and the handler handles.
	 */
	private void first() throws Exception {
		long deadline = System.nanoTime() + PATIENCE;
		boolean accepted = false;
		while (!accepted) {
			try (Connection connection = new Connection(this.port)) {
				accepted = connection.post(0) == 202;
			}
			catch (IOException ex) {
				if (System.nanoTime() > deadline) {
					throw ex;
				}
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
		await(this.due.length - 1);
	}

	private void await(int left) {
		long deadline = System.nanoTime() + PATIENCE;
		while (this.missing.get() > left) {
			if (System.nanoTime() > deadline) {
				throw new IllegalStateException(this.missing + " results have not come");
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
		}
	}

	private void schedule(int from, int rate, int count) {
		long time = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
		for (int number = from; number < from + count; number++) {
			this.due[number] = time;
			time += TimeUnit.SECONDS.toNanos(1) / rate;
		}
	}

	private void send(int from, int to) throws InterruptedException {
		this.next.set(from);
		this.end = to;
		Thread[] threads = new Thread[CONNECTIONS];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(this::sendInTurn);
			threads[i].start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private void sendInTurn() {
		try {
			Connection connection = new Connection(this.port);
			int number = this.next.getAndIncrement();
			while (number < this.end) {
				long wait = this.due[number] - System.nanoTime();
				while (wait > 0) {
					LockSupport.parkNanos(wait);
					wait = this.due[number] - System.nanoTime();
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

	private void report(int[] counts) throws IOException {
		StringBuilder text = new StringBuilder();
		int number = 1;
		for (int count : counts) {
			Histogram times = new Histogram(LONGEST, 3);
			for (int i = 0; i < count; i++, number++) {
				times.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(this.seen.get(number) - this.due[number])));
			}
			text.append(String.format(Locale.ROOT, "%d %d %d%n", times.getValueAtPercentile(50),
					times.getValueAtPercentile(99), times.getValueAtPercentile(99.9)));
		}
		Files.writeString(Path.of("load"), text + "" + this.due.length + " " + this.twice + "\n");
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
