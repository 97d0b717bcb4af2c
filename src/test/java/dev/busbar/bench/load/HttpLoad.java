package dev.busbar.bench.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.busbar.bench.ground.Orders;
import org.HdrHistogram.Histogram;

/**
 * Posts events on connections that are kept, each with one request at a time: arguments
 * are port, connections, events per request, and seconds to warm up and to measure. Ends
 * with the file {@code load}: events a second that were answered in that time, the 99th
 * percentile of the times, in microseconds, of the requests begun in it, whenever they
 * were answered, how many events were accepted in all, and how many requests were not.
 */
public final class HttpLoad {

	private static final AtomicLong NUMBER = new AtomicLong();

	private static final AtomicLong ACCEPTED = new AtomicLong();

	private static final AtomicLong REFUSED = new AtomicLong();

	private static final AtomicLong MEASURED = new AtomicLong();

	private static volatile boolean measuring;

	private static volatile boolean ended;

	private HttpLoad() {
	}

	public static void main(String[] args) throws Exception {
		int port = Integer.parseInt(args[0]);
		int connections = Integer.parseInt(args[1]);
		int batch = Integer.parseInt(args[2]);
		ConcurrentLinkedQueue<Histogram> times = new ConcurrentLinkedQueue<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			Thread thread = new Thread(() -> {
				Histogram own = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
				post(port, batch, own);
				times.add(own);
			});
			thread.start();
			threads.add(thread);
		}
		TimeUnit.MILLISECONDS.sleep((long) (Double.parseDouble(args[3]) * 1_000));
		long start = System.nanoTime();
		measuring = true;
		TimeUnit.MILLISECONDS.sleep((long) (Double.parseDouble(args[4]) * 1_000));
		measuring = false;
		double seconds = (System.nanoTime() - start) / 1e9;
		ended = true;
		for (Thread thread : threads) {
			thread.join();
		}
		Histogram all = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
		times.forEach(all::add);
		Files.writeString(Path.of("load"), String.format(Locale.ROOT, "%.1f %d %d %d", MEASURED.get() / seconds,
				all.getValueAtPercentile(99), ACCEPTED.get(), REFUSED.get()));
	}

	private static void post(int port, int batch, Histogram times) {
		try {
			while (!ended) {
				postOnOneConnection(port, batch, times);
			}
		}
		catch (IOException ex) {
			ex.printStackTrace();
			REFUSED.incrementAndGet();
		}
	}

	/** Posts until the server says that the connection ends. */
	private static void postOnOneConnection(int port, int batch, Histogram times) throws IOException {
		byte[] buffer = new byte[8_192];
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(60_000);
			OutputStream out = socket.getOutputStream();
			InputStream in = new BufferedInputStream(socket.getInputStream());
			boolean open = true;
			while (open && !ended) {
				byte[] request = request(batch);
				boolean counts = measuring;
				long start = System.nanoTime();
				out.write(request);
				int status = status(in, buffer);
				open = status > 0;
				status = Math.abs(status);
				long end = System.nanoTime();
				if (status != 202) {
					REFUSED.incrementAndGet();
					continue;
				}
				ACCEPTED.addAndGet(batch);
				if (measuring) {
					MEASURED.addAndGet(batch);
				}
				if (counts) {
					times.recordValue(
							Math.min(TimeUnit.NANOSECONDS.toMicros(end - start), TimeUnit.MINUTES.toMicros(1)));
				}
			}
		}
	}

	private static byte[] request(int batch) {
		StringBuilder body = new StringBuilder(batch * 400);
		if (batch > 1) {
			body.append('[');
		}
		for (int i = 0; i < batch; i++) {
			body.append((i > 0) ? "," : "").append(event(NUMBER.getAndIncrement()));
		}
		if (batch > 1) {
			body.append(']');
		}
		return ("POST /events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/cloudevents"
				+ ((batch > 1) ? "-batch" : "") + "+json\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
			.getBytes(StandardCharsets.US_ASCII);
	}

	/** An order as a CloudEvent. */
	static String event(long number) {
		return "{\"specversion\":\"1.0\",\"id\":\"" + Orders.id(number)
				+ "\",\"source\":\"/bench\",\"type\":\"order.placed\",\"partitionkey\":\"c-" + number % 1_000
				+ "\",\"data\":{\"orderId\":\"o-" + number + "\",\"customer\":\"c-" + number % 1_000 + "\",\"number\":"
				+ number / 1_000 + ",\"item\":\"book\",\"quantity\":3,\"amount\":123.45,\"note\":\"" + "x".repeat(100)
				+ "\"}}";
	}

	/** Reads an answer to its end; the status is negative if the connection ends then. */
	static int status(InputStream in, byte[] buffer) throws IOException {
		int length = 0;
		while (length < 4 || buffer[length - 1] != '\n' || buffer[length - 3] != '\n') {
			int next = in.read();
			if (next < 0) {
				throw new IOException("The connection was closed");
			}
			buffer[length++] = (byte) next;
		}
		String head = new String(buffer, 0, length, StandardCharsets.US_ASCII);
		String lower = head.toLowerCase(Locale.ROOT);
		int place = lower.indexOf("content-length:");
		if (place >= 0) {
			in.readNBytes(Integer.parseInt(lower.substring(place + 15, lower.indexOf('\r', place)).strip()));
		}
		else if (lower.contains("transfer-encoding: chunked")) {
			skipChunks(in);
		}
		int status = Integer.parseInt(head.substring(9, 12));
		return lower.contains("connection: close") ? -status : status;
	}

	private static void skipChunks(InputStream in) throws IOException {
		while (true) {
			StringBuilder size = new StringBuilder();
			int next = in.read();
			while (next != '\n') {
				if (next < 0) {
					throw new IOException("The connection was closed");
				}
				size.append((char) next);
				next = in.read();
			}
			int count = Integer.parseInt(size.toString().strip(), 16);
			in.readNBytes(count + 2);
			if (count == 0) {
				return;
			}
		}
	}

}
