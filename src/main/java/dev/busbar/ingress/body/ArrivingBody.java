package dev.busbar.ingress.body;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;

import dev.busbar.problem.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * A body that comes in parts. Until it is whole it holds no thread; then its request is
 * dispatched once more. The server calls it by one thread at a time.
 */
final class ArrivingBody implements ReadListener, AsyncListener {

	/** The request attribute that holds the bytes of a body that has come. */
	static final String ATTRIBUTE = ArrivingBody.class.getName();

	/** So much each may hold, whatever the others do. */
	static final int FREE = 16 * 1024;

	private final RequestBody rules;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final ServletInputStream in;

	private final AsyncContext async;

	private final int announced;

	private byte[] bytes;

	private int size;

	private long taken;

	private boolean over;

	/**
	 * Has a request wait for its body.
	 * @param rules what a body may be
	 * @param come what has come of it
	 * @param taken how much was taken of what all may hold together
	 * @param request the request, of whose body nothing else was read
	 * @param response its response, of which nothing is written
	 * @throws IOException if the connection is gone
	 */
	ArrivingBody(RequestBody rules, byte[] come, long taken, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		this.rules = rules;
		this.request = request;
		this.response = response;
		this.announced = (int) request.getContentLengthLong();
		int most = (this.announced >= 0) ? this.announced : rules.limit() + 1;
		this.bytes = Arrays.copyOf(come, Math.max(come.length, Math.min(most, FREE)));
		this.size = come.length;
		this.taken = taken;
		this.in = request.getInputStream();
		this.async = request.startAsync();
		this.async.setTimeout(rules.timeout().toMillis());
		this.async.addListener(this);
		this.in.setReadListener(this);
	}

	// What it throws comes back as onError: before that the server takes no answer.
	@Override
	public void onDataAvailable() throws IOException {
		while (!this.over && this.in.isReady()) {
			if (this.size == this.bytes.length && !grow()) {
				return;
			}
			int count = this.in.read(this.bytes, this.size, this.bytes.length - this.size);
			if (count < 0) {
				return;
			}
			this.size += count;
			if (this.size > this.rules.limit()) {
				refuse(this.rules.tooLarge());
			}
		}
	}

	/** Makes room, unless nothing more can come. */
	private boolean grow() {
		int most = (this.announced >= 0) ? this.announced : this.rules.limit() + 1;
		if (this.size >= most) {
			return false;
		}
		int capacity = (int) Math.min(most, this.size * 2L);
		if (!this.rules.take(capacity - this.size)) {
			refuse(this.rules.busy());
			return false;
		}
		this.taken += capacity - this.size;
		this.bytes = Arrays.copyOf(this.bytes, capacity);
		return true;
	}

	@Override
	public void onAllDataRead() {
		if (end()) {
			this.request.setAttribute(ATTRIBUTE,
					(this.size == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.size));
			this.async.dispatch();
		}
	}

	@Override
	public void onError(Throwable failure) {
		refuse((failure instanceof SocketTimeoutException) ? this.rules.tooSlow() : this.rules.brokenOff());
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		refuse(this.rules.tooSlow());
	}

	@Override
	public void onError(AsyncEvent event) {
		refuse(this.rules.brokenOff());
	}

	@Override
	public void onComplete(AsyncEvent event) {
		end();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// The request goes on.
	}

	private void refuse(Problem problem) {
		if (!end()) {
			return;
		}
		try {
			problem.write(this.response);
		}
		catch (IOException ex) {
			// Nobody is there to be told.
		}
		try {
			this.async.complete();
		}
		catch (IllegalStateException ex) {
			// It is complete.
		}
	}

	private boolean end() {
		boolean first = !this.over;
		this.over = true;
		this.rules.giveBack(this.taken);
		this.taken = 0;
		return first;
	}

	/** The body of a request that has waited for it; null if this one has not. */
	static byte @Nullable [] of(HttpServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof byte[] body) ? body : null;
	}

}
