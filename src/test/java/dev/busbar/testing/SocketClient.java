package dev.busbar.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of {@code /ws} with the JDK's WebSocket, which collects what it is sent.
 */
public final class SocketClient implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private final List<JsonNode> received = new CopyOnWriteArrayList<>();

	private final WebSocket socket;

	private final boolean reads;

	private volatile int code;

	private volatile String reason = "";

	private SocketClient(URI uri, boolean reads, String... headers) {
		this.reads = reads;
		WebSocket.Builder builder = HTTP.newWebSocketBuilder();
		for (int i = 0; i < headers.length; i += 2) {
			builder.header(headers[i], headers[i + 1]);
		}
		this.socket = builder.buildAsync(uri, new Listener()).orTimeout(60, TimeUnit.SECONDS).join();
	}

	/** Opens a WebSocket with headers, given as name and value. */
	public static SocketClient open(int port, String... headers) {
		return new SocketClient(URI.create("ws://127.0.0.1:" + port + "/ws"), true, headers);
	}

	/** Opens one that reads nothing before it is told to. */
	public static SocketClient deaf(int port, String... headers) {
		return new SocketClient(URI.create("ws://127.0.0.1:" + port + "/ws"), false, headers);
	}

	/** Sends a message, in which {@code '} stands for {@code "}. */
	public SocketClient send(String message) {
		this.socket.sendText(message.replace('\'', '"'), true).orTimeout(60, TimeUnit.SECONDS).join();
		return this;
	}

	/** Sends a message as it is. */
	public void sendRaw(String message) {
		this.socket.sendText(message, true).orTimeout(60, TimeUnit.SECONDS).join();
	}

	/** Sends a part of a message that never ends. */
	public void sendPart(String part) {
		this.socket.sendText(part, false).orTimeout(60, TimeUnit.SECONDS).join();
	}

	/** Sends a binary message. */
	public void sendBinary(byte[] bytes) {
		this.socket.sendBinary(ByteBuffer.wrap(bytes), true).orTimeout(60, TimeUnit.SECONDS).join();
	}

	/** Has one read from now on that did not. */
	public void read() {
		this.socket.request(1);
	}

	/** All that was received so far. */
	public List<JsonNode> received() {
		return List.copyOf(this.received);
	}

	/** All messages of a kind. */
	public List<JsonNode> received(String kind) {
		return this.received.stream().filter((message) -> kind.equals(message.path("is").asString())).toList();
	}

	/** Waits for a number of messages of a kind. */
	public List<JsonNode> await(String kind, int count) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.pollInterval(Duration.ofMillis(10))
			.until(() -> received(kind).size() >= count || this.code != 0);
		List<JsonNode> messages = received(kind);
		if (messages.size() < count) {
			throw new AssertionError("closed with " + this.code + " " + this.reason + " after " + this.received);
		}
		return messages;
	}

	/** Waits for the last of a number of messages of a kind. */
	public JsonNode awaitOne(String kind, int count) {
		return await(kind, count).get(count - 1);
	}

	/** Waits until the server has closed, and tells with which code. */
	public int awaitClose() {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.pollInterval(Duration.ofMillis(10))
			.until(() -> this.code != 0);
		return this.code;
	}

	/** Why the server has closed. */
	public String reason() {
		return this.reason;
	}

	/** Takes the connection away without a word. */
	public void abort() {
		this.socket.abort();
	}

	@Override
	public void close() {
		if (!this.socket.isOutputClosed()) {
			this.socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
				.orTimeout(5, TimeUnit.SECONDS)
				.exceptionally((ex) -> null)
				.join();
		}
		this.socket.abort();
	}

	private final class Listener implements WebSocket.Listener {

		private final StringBuilder text = new StringBuilder();

		@Override
		public void onOpen(WebSocket socket) {
			if (SocketClient.this.reads) {
				socket.request(1);
			}
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.text.append(data);
			if (last) {
				SocketClient.this.received.add(JSON.readTree(this.text.toString()));
				this.text.setLength(0);
			}
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
			SocketClient.this.reason = reason;
			SocketClient.this.code = statusCode;
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			SocketClient.this.reason = String.valueOf(error);
			SocketClient.this.code = 1006;
		}

	}

}
