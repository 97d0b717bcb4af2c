package dev.busbar.ingress;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

import dev.busbar.event.format.Utf8;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Reads the body of a request once, up to a limit and a deadline, and makes sure that it
 * is UTF-8. It holds no more than what has come, so that a large Content-Length alone
 * costs nothing.
 */
public final class RequestBody {

	private static final int FIRST = 64 * 1024;

	private final int limit;

	private final Duration timeout;

	/**
	 * Creates a reader.
	 * @param limit the largest body in bytes
	 * @param timeout how long a body may take
	 */
	RequestBody(int limit, Duration timeout) {
		this.limit = limit;
		this.timeout = timeout;
	}

	/**
	 * Reads the body.
	 * @param request a request whose body nobody has read
	 * @return the bytes, none if there is no body
	 * @throws ProblemException if it is too large, too slow, broken off or no UTF-8
	 */
	public byte[] read(HttpServletRequest request) {
		long announced = request.getContentLengthLong();
		if (announced > this.limit) {
			throw tooLarge().asException();
		}
		byte[] body;
		try {
			body = read(request.getInputStream(), (int) announced);
		}
		catch (SocketTimeoutException ex) {
			throw tooSlow();
		}
		catch (IOException ex) {
			throw closing(Problem.of(ProblemType.MALFORMED,
					"The body broke off, or its transfer coding is not valid. Send the request again."))
				.asException();
		}
		if (!Utf8.isWellFormed(body)) {
			throw Problem.of(ProblemType.MALFORMED, "The body is no well-formed UTF-8. Send UTF-8.").asException();
		}
		return body;
	}

	/** The answer to a body, or the announcement of one, that is beyond the limit. */
	Problem tooLarge() {
		return closing(Problem.of(ProblemType.TOO_LARGE,
				"The body is larger than the " + this.limit + " bytes that are allowed (busbar.ingress.max-body). "
						+ "Send a smaller event or batch, or put large data elsewhere and send a reference."))
			.with("maxBytes", this.limit);
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
					throw tooSlow();
				}
			}
		}
	}

	private ProblemException tooSlow() {
		return closing(Problem.of(ProblemType.TIMEOUT,
				"The body did not come within the " + this.timeout.toMillis()
						+ " ms that are allowed (busbar.ingress.body-timeout). Nothing was stored. Send it again."))
			.asException();
	}

	// What is left of the body is not wanted: without this, Tomcat would wait for it.
	private static Problem closing(Problem problem) {
		return problem.withHeader("Connection", "close");
	}

}
