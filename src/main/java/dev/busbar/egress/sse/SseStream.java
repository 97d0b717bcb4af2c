package dev.busbar.egress.sse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.busbar.egress.live.LiveEvent;
import dev.busbar.egress.live.LiveOutlet;
import dev.busbar.egress.live.LiveReader;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes the feed to one connection, never waiting for it: a piece goes to the server
 * only when that says that it can take it.
 */
final class SseStream implements LiveOutlet, WriteListener, AsyncListener {

	/**
	 * How much is handed to the server at once: what the socket does not take of it stays
	 * in the server's memory.
	 */
	private static final int PIECE = 16 * 1024;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final ServletOutputStream output;

	private final Duration reconnect;

	/** What is still to be written. */
	private final Deque<byte[]> pending = new ArrayDeque<>();

	private int written;

	private long pieces;

	private @Nullable AsyncContext async;

	private volatile @Nullable LiveReader reader;

	private volatile boolean started;

	private volatile boolean complete;

	/** After that the server gives request and response to another connection. */
	private boolean over;

	/**
	 * Prepares a stream; the response is not touched yet.
	 * @param request a request
	 * @param response its response, whose headers are set
	 * @param reconnect when to connect again after an end
	 * @throws IOException if the connection is gone
	 */
	SseStream(HttpServletRequest request, HttpServletResponse response, Duration reconnect) throws IOException {
		this.request = request;
		this.response = response;
		this.output = response.getOutputStream();
		this.reconnect = reconnect;
	}

	/** Begins to write what a reader reads. */
	synchronized void open(LiveReader opened) {
		this.reader = opened;
		AsyncContext context = this.request.startAsync(this.request, this.response);
		this.async = context;
		context.setTimeout(0);
		context.addListener(this);
		// Where it starts: so that who is cut off before the first event resumes there.
		this.pending.add(utf8("retry: " + this.reconnect.toMillis() + "\nid: " + opened.position() + "\n\n"));
		this.output.setWriteListener(this);
	}

	@Override
	public synchronized boolean ready() {
		if (this.over) {
			return false;
		}
		try {
			while (!this.pending.isEmpty()) {
				if (!this.output.isReady()) {
					return false;
				}
				byte[] next = this.pending.element();
				int length = Math.min(PIECE, next.length - this.written);
				this.output.write(next, this.written, length);
				this.written += length;
				this.pieces++;
				if (this.written == next.length) {
					this.pending.remove();
					this.written = 0;
				}
			}
			return this.output.isReady();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public synchronized long progress() {
		return this.pieces;
	}

	@Override
	public synchronized void send(LiveEvent event) {
		this.pending.add(utf8("id: " + event.number() + "\nevent: " + line(event.event().event().type()) + "\ndata: "));
		this.pending.add(event.json());
		this.pending.add(utf8("\n\n"));
	}

	@Override
	public synchronized void heartbeat(long position) {
		// Without data it is no event, but moves the reader's place past what it does not
		// want.
		this.pending.add(utf8(": heartbeat\nid: " + position + "\n\n"));
	}

	@Override
	public synchronized boolean flush() {
		try {
			if (!ready()) {
				return false;
			}
			this.output.flush();
			return this.output.isReady();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public synchronized void end(End reason) {
		AsyncContext context = this.async;
		if (this.over || context == null) {
			return;
		}
		boolean whole = reason != End.TOO_SLOW && reason != End.FAILED && isWritten();
		this.over = true;
		if (!whole && this.request.getAttribute(Abort.ATTRIBUTE) instanceof Abort abort) {
			// The end of a response is written by a thread that waits for the socket.
			abort.run();
			// What Tomcat is about to write in that moment may hide it from Tomcat.
			CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> completeLate(context));
		}
		else {
			context.complete();
		}
	}

	/**
	 * Whether all that waits was handed over, or could be now if nothing was before. Of a
	 * stream that is on its way no more is written at its end.
	 */
	private boolean isWritten() {
		try {
			return this.started ? this.pending.isEmpty() && this.output.isReady() : ready();
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	/** Called by one thread of the server at a time. */
	@Override
	public void onWritePossible() {
		LiveReader known = this.reader;
		if (known != null && this.started) {
			known.resume();
		}
		else if (known != null) {
			this.started = true;
			known.start();
		}
	}

	@Override
	public void onError(Throwable failure) {
		close();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		this.complete = true;
		close();
	}

	@Override
	public void onError(AsyncEvent event) {
		close();
		complete(event);
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		close();
		complete(event);
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// nothing new starts
	}

	/** The connection is gone, and must not be touched any more. */
	private void close() {
		LiveReader known = this.reader;
		synchronized (this) {
			this.over = true;
		}
		if (known != null) {
			known.close();
		}
	}

	private void completeLate(AsyncContext context) {
		if (!this.complete) {
			try {
				context.complete();
			}
			catch (IllegalStateException ex) {
				// It is complete.
			}
		}
	}

	private static void complete(AsyncEvent event) {
		try {
			event.getAsyncContext().complete();
		}
		catch (IllegalStateException ex) {
			// It is complete.
		}
	}

	/**
	 * An event type has no line ends; what came in another way must not forge a field.
	 */
	private static String line(String text) {
		return text.replace('\n', ' ').replace('\r', ' ');
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
