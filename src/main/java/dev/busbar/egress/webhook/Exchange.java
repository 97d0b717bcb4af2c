package dev.busbar.egress.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;

import dev.busbar.store.EventKeys;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to a webhook, at most 64 KiB of it. Once its head is there, the
 * attempt has an outcome, whatever becomes of the rest.
 */
final class Exchange implements AsyncResponseConsumer<Void> {

	private static final String ATTRIBUTE = Exchange.class.getName();

	private static final int MAX_READ = 64 * 1024;

	private static final int MAX_KEPT = 4096;

	private static final int INCREMENT = 8192;

	private final ByteArrayOutputStream body = new ByteArrayOutputStream();

	private int read;

	private @Nullable Integer status;

	private @Nullable String retryAfter;

	private @Nullable FutureCallback<Void> callback;

	private @Nullable AsyncExecRuntime runtime;

	private boolean disconnected;

	/** The context in which the client finds this exchange. */
	HttpContext context() {
		HttpClientContext context = HttpClientContext.create();
		context.setAttribute(ATTRIBUTE, this);
		return context;
	}

	/** Tells an exchange of its connection. */
	static void started(AsyncExecChain.Scope scope) {
		if (scope.clientContext.getAttribute(ATTRIBUTE) instanceof Exchange exchange) {
			synchronized (exchange) {
				exchange.runtime = scope.execRuntime;
			}
		}
	}

	/** Closes the connection, whatever the exchange is about. */
	void disconnect() {
		AsyncExecRuntime connected;
		synchronized (this) {
			this.disconnected = true;
			connected = this.runtime;
		}
		if (connected != null) {
			connected.discardEndpoint();
		}
	}

	@Override
	public synchronized void consumeResponse(HttpResponse response, @Nullable EntityDetails entity, HttpContext context,
			FutureCallback<Void> resultCallback) {
		this.status = response.getCode();
		Header header = response.getFirstHeader("Retry-After");
		this.retryAfter = (header != null) ? header.getValue() : null;
		this.callback = resultCallback;
		if (entity == null) {
			complete();
		}
	}

	@Override
	public void informationResponse(HttpResponse response, HttpContext context) {
		// Says nothing about the outcome.
	}

	@Override
	public void updateCapacity(CapacityChannel channel) throws IOException {
		channel.update(INCREMENT);
	}

	@Override
	public synchronized void consume(ByteBuffer source) throws IOException {
		int length = source.remaining();
		this.read += length;
		int kept = Math.min(length, MAX_KEPT - this.body.size());
		for (int i = 0; i < kept; i++) {
			this.body.write(source.get());
		}
		source.position(source.limit());
		if (this.read >= MAX_READ || this.disconnected) {
			// Closes the connection.
			throw new IOException("The answer is longer than " + MAX_READ + " bytes");
		}
	}

	@Override
	public synchronized void streamEnd(@Nullable List<? extends Header> trailers) {
		complete();
	}

	@SuppressWarnings("NullAway") // the result is none
	private void complete() {
		if (this.callback != null) {
			this.callback.completed(null);
		}
	}

	@Override
	public void failed(Exception cause) {
		// The client tells its own callback.
	}

	@Override
	public void releaseResources() {
		// None but memory.
	}

	/**
	 * What the attempt has come to.
	 * @param started when it began
	 * @param millis how long it took
	 * @param failure why it ended, if not with an answer
	 * @param maxRetryAfter the longest time that the receiver may ask for
	 */
	synchronized Attempt attempt(Instant started, int millis, @Nullable String failure, Duration maxRetryAfter) {
		Integer answered = this.status;
		String answer = (this.body.size() > 0) ? EventKeys.storable(this.body.toString(StandardCharsets.UTF_8)) : null;
		return new Attempt(started, millis, answered, (answered == null) ? failure : null, answer,
				(answered != null && answered / 100 != 2)
						? notBefore(this.retryAfter, started.plusMillis(millis), maxRetryAfter) : null);
	}

	private static @Nullable Instant notBefore(@Nullable String retryAfter, Instant now, Duration max) {
		if (retryAfter == null) {
			return null;
		}
		Instant wanted;
		try {
			wanted = retryAfter.strip().matches("\\d{1,18}")
					? now.plusSeconds(Math.min(Long.parseLong(retryAfter.strip()), max.toSeconds() + 1))
					: Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter.strip()));
		}
		catch (DateTimeParseException ex) {
			return null;
		}
		Instant latest = now.plus(max);
		return wanted.isAfter(latest) ? latest : wanted.isAfter(now) ? wanted : null;
	}

}
