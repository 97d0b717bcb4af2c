package dev.busbar.socket.protocol;

import java.nio.charset.StandardCharsets;

import dev.busbar.event.format.JsonBuffer;
import dev.busbar.problem.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What the server sends: a JSON object whose member {@code is} says what it is.
 */
public final class ServerMessage {

	private final JsonBuffer json;

	private ServerMessage(String kind, int capacity) {
		this.json = new JsonBuffer(capacity).mark('{').text("is").mark(':').text(kind);
	}

	/**
	 * Begins a message.
	 * @param kind what it is
	 * @param ref what the client called that to which it belongs, null for nothing
	 */
	public static ServerMessage of(String kind, @Nullable String ref) {
		return new ServerMessage(kind, 256).with("ref", ref);
	}

	/** An error, with the problem detail that HTTP has too. */
	public static String error(@Nullable String ref, Problem problem) {
		ServerMessage message = of("error", ref).with("problem", problem.toJson());
		String seconds = problem.headers().get("Retry-After");
		if (seconds != null) {
			message.json.mark(',').text("retryAfter").mark(':').raw(seconds.getBytes(StandardCharsets.US_ASCII));
		}
		return message.toString();
	}

	/** Adds a text, unless it is null. */
	public ServerMessage with(String name, @Nullable String text) {
		if (text != null) {
			this.json.mark(',').text(name).mark(':').text(text);
		}
		return this;
	}

	/** Adds a number. */
	public ServerMessage with(String name, long number) {
		this.json.mark(',').text(name).mark(':').raw(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
		return this;
	}

	/** Adds a value that is JSON already. */
	public ServerMessage with(String name, byte[] value) {
		this.json.mark(',').text(name).mark(':').raw(value);
		return this;
	}

	/** The message as it is sent. */
	@Override
	public String toString() {
		return new String(this.json.toBytes(), StandardCharsets.UTF_8) + "}";
	}

}
