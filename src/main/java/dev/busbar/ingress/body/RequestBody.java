package dev.busbar.ingress.body;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

import dev.busbar.event.format.Utf8;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Reads the body of a request once, up to a limit and a deadline, and makes sure that it
 * is UTF-8. It holds not much more than what has come, so that a large Content-Length
 * alone costs nothing. Safe for use by several threads.
 */
public final class RequestBody {

	private static final int FIRST = 64 * 1024;

	private static final String RETRY_AFTER_SECONDS = "2";

	private final int limit;

	private final Duration timeout;

	/** What all bodies that come in parts may hold together. */
	private final long budget;

	private final AtomicLong held = new AtomicLong();

	/**
	 * Creates a reader.
	 * @param limit the largest body in bytes
	 * @param timeout how long a body may take
	 */
	public RequestBody(int limit, Duration timeout) {
		this(limit, timeout, Math.max(8L * limit, Runtime.getRuntime().maxMemory() / 8));
	}

	RequestBody(int limit, Duration timeout, long budget) {
		this.limit = limit;
		this.timeout = timeout;
		this.budget = budget;
	}

	/**
	 * Waits for a body that has not come whole, without a thread: then the request is
	 * dispatched once more when it has, or is answered here because it cannot.
	 * @param request a request whose body nobody has read
	 * @param response its response
	 * @return whether there is nothing to wait for, and the request goes on now
	 * @throws IOException if the client is gone
	 */
	public boolean isThere(HttpServletRequest request, HttpServletResponse response) throws IOException {
		long announced = request.getContentLengthLong();
		if (!request.isAsyncSupported() || announced == 0
				|| (announced < 0 && request.getHeader("Transfer-Encoding") == null)) {
			return true;
		}
		byte[] come;
		try {
			come = come(request, announced);
		}
		catch (IOException ex) {
			brokenOff().write(response);
			return false;
		}
		if (announced > 0 && come.length == announced) {
			request.setAttribute(ArrivingBody.ATTRIBUTE, come);
			return true;
		}
		await(come, request, response);
		return false;
	}

	private void await(byte[] come, HttpServletRequest request, HttpServletResponse response) throws IOException {
		long beyond = Math.max(0, come.length - ArrivingBody.FREE);
		if (!take(beyond)) {
			busy().write(response);
			return;
		}
		boolean waits = false;
		try {
			new ArrivingBody(this, come, beyond, request, response);
			waits = true;
		}
		finally {
			if (!waits) {
				giveBack(beyond);
			}
		}
	}

	/** As much of a small body as has come. */
	private byte[] come(HttpServletRequest request, long announced) throws IOException {
		byte[] come = new byte[0];
		if (announced <= 0 || announced > Math.min(FIRST, this.limit)
				|| !(request.getAttribute(Arrival.ATTRIBUTE) instanceof Arrival arrival)) {
			return come;
		}
		int size = 0;
		while (size < announced) {
			ByteBuffer part = arrival.next();
			if (part == null) {
				break;
			}
			int needed = size + part.remaining();
			if (come.length < needed) {
				come = Arrays.copyOf(come, Math.max(needed, (int) Math.min(announced, 2L * needed)));
			}
			part.get(come, size, part.remaining());
			size = needed;
		}
		return (size == come.length) ? come : Arrays.copyOf(come, size);
	}

	/**
	 * Reads the body.
	 * @param request a request whose body nobody has read
	 * @return the bytes, none if there is no body
	 * @throws ProblemException if it is too large, too slow, broken off or no UTF-8
	 */
	public byte[] read(HttpServletRequest request) {
		byte[] arrived = ArrivingBody.of(request);
		byte[] body = (arrived != null) ? arrived : wait(request);
		if (!Utf8.isWellFormed(body)) {
			throw Problem.of(ProblemType.MALFORMED, "The body is no well-formed UTF-8. Send UTF-8.").asException();
		}
		return body;
	}

	private byte[] wait(HttpServletRequest request) {
		long announced = request.getContentLengthLong();
		if (announced > this.limit) {
			throw tooLarge().asException();
		}
		try {
			return read(request.getInputStream(), (int) announced);
		}
		catch (SocketTimeoutException ex) {
			throw tooSlow().asException();
		}
		catch (IOException ex) {
			throw brokenOff().asException();
		}
	}

	private byte[] read(InputStream in, int announced) throws IOException {
		byte[] body = new byte[(announced >= 0) ? Math.min(announced, FIRST) : Math.min(8192, this.limit + 1)];
		int size = 0;
		long deadline = 0;
		while (true) {
			if (size == body.length) {
				if (size == announced) {
					return body;
				}
				body = Arrays.copyOf(body, (int) Math.min((announced >= 0) ? announced : this.limit + 1L, size * 2L));
			}
			int count = in.read(body, size, body.length - size);
			if (count < 0) {
				return (size == body.length) ? body : Arrays.copyOf(body, size);
			}
			size += count;
			if (size > this.limit) {
				throw tooLarge().asException();
			}
			if (size != announced) {
				// Tomcat's own timeout is one per read, which a byte now and then evades.
				long now = System.nanoTime();
				if (deadline == 0) {
					deadline = now + this.timeout.toNanos();
				}
				else if (now - deadline > 0) {
					throw tooSlow().asException();
				}
			}
		}
	}

	int limit() {
		return this.limit;
	}

	Duration timeout() {
		return this.timeout;
	}

	/** Takes memory for a body that comes in parts, if there is some left. */
	boolean take(long bytes) {
		if (this.held.addAndGet(bytes) <= this.budget) {
			return true;
		}
		this.held.addAndGet(-bytes);
		return false;
	}

	/** What all bodies that come in parts hold now, beyond what each may anyway. */
	long held() {
		return this.held.get();
	}

	void giveBack(long bytes) {
		this.held.addAndGet(-bytes);
	}

	/** The answer to a body, or the announcement of one, that is beyond the limit. */
	public Problem tooLarge() {
		return closing(Problem.of(ProblemType.TOO_LARGE,
				"The body is larger than the " + this.limit + " bytes that are allowed (busbar.ingress.max-body). "
						+ "Send a smaller event or batch, or put large data elsewhere and send a reference."))
			.with("maxBytes", this.limit);
	}

	Problem tooSlow() {
		return closing(Problem.of(ProblemType.TIMEOUT, "The body did not come within the " + this.timeout.toMillis()
				+ " ms that are allowed (busbar.ingress.body-timeout). Nothing was stored. Send it again."));
	}

	Problem brokenOff() {
		return closing(Problem.of(ProblemType.MALFORMED,
				"The body broke off, or its transfer coding is not valid. Send the request again."));
	}

	Problem busy() {
		return closing(Problem.of(ProblemType.BUSY,
				"Too many large bodies are on their way at the same time. Nothing was stored. Send it again in a few "
						+ "seconds, or in smaller parts."))
			.withHeader("Retry-After", RETRY_AFTER_SECONDS);
	}

	// What is left of the body is not wanted: without this, Tomcat would wait for it.
	private static Problem closing(Problem problem) {
		return problem.withHeader("Connection", "close");
	}

}
