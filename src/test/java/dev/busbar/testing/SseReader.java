package dev.busbar.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events, as the specification says that a client does.
 */
public final class SseReader implements AutoCloseable, Flow.Subscriber<String> {

	private static final HttpClient HTTP = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(30))
		.build();

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final List<Received> events = new CopyOnWriteArrayList<>();

	private final StringBuilder data = new StringBuilder();

	private String type = "";

	/** The id of the block that comes in; it counts when the block is whole. */
	private @Nullable String comingId;

	private volatile @Nullable String lastId;

	private volatile boolean ended;

	private volatile @Nullable Throwable failure;

	private volatile Flow.@Nullable Subscription subscription;

	private SseReader() {
	}

	/**
	 * An event that was received.
	 *
	 * @param id the id that held when it came
	 * @param type its type
	 * @param data its data
	 */
	public record Received(@Nullable String id, String type, String data) {

		/** Its place in the feed. */
		public long number() {
			return Long.parseLong(String.valueOf(this.id));
		}

	}

	/**
	 * Opens a stream.
	 * @param address where it is
	 * @param headers names and values
	 * @return a reader whose answer has begun with the status 200
	 */
	public static SseReader open(URI address, String... headers) {
		SseReader reader = new SseReader();
		HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Accept", "text/event-stream");
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		CompletableFuture<Integer> status = new CompletableFuture<>();
		HTTP.sendAsync(request.build(), (info) -> {
			status.complete(info.statusCode());
			return BodySubscribers.fromLineSubscriber(reader);
		}).whenComplete((response, failure) -> {
			reader.failure = failure;
			reader.ended = true;
			if (failure != null) {
				status.completeExceptionally(failure);
			}
		});
		int answered = status.orTimeout(60, TimeUnit.SECONDS).join();
		if (answered != 200) {
			throw new IllegalStateException("status " + answered);
		}
		return reader;
	}

	/** All lines as they came. */
	public List<String> lines() {
		return List.copyOf(this.lines);
	}

	/** All events so far. */
	public List<Received> events() {
		return new ArrayList<>(this.events);
	}

	/** The id with which a client would resume. */
	public @Nullable String lastId() {
		return this.lastId;
	}

	/** Whether the server has ended the stream, or the connection is gone. */
	public boolean ended() {
		return this.ended;
	}

	/** Why it has ended, if not in good order. */
	public @Nullable Throwable failure() {
		return this.failure;
	}

	@Override
	public void onSubscribe(Flow.Subscription begun) {
		this.subscription = begun;
		begun.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(String line) {
		this.lines.add(line);
		if (line.isEmpty()) {
			this.lastId = this.comingId;
			if (!this.data.isEmpty()) {
				this.events.add(new Received(this.lastId, this.type, this.data.toString()));
			}
			this.data.setLength(0);
			this.type = "";
		}
		else if (line.startsWith("id: ")) {
			this.comingId = line.substring(4);
		}
		else if (line.startsWith("event: ")) {
			this.type = line.substring(7);
		}
		else if (line.startsWith("data: ")) {
			this.data.append(line.substring(6));
		}
	}

	@Override
	public void onError(Throwable broken) {
		this.failure = broken;
		this.ended = true;
	}

	@Override
	public void onComplete() {
		this.ended = true;
	}

	@Override
	public void close() {
		Flow.Subscription begun = this.subscription;
		if (begun != null) {
			begun.cancel();
		}
	}

}
