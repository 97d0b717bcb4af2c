package dev.busbar.bus.rabbit.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;

/**
 * A channel in confirm mode. Returns and confirms come to it on the thread that reads the
 * connection, in the order of the protocol: the return of a message before its confirm.
 */
class PublisherChannel implements ConfirmListener, BlockedListener {

	private final Connection connection;

	private final Channel channel;

	private final ConcurrentNavigableMap<Long, Publication> unconfirmed = new ConcurrentSkipListMap<>();

	private final Set<String> returned = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean blocked = new AtomicBoolean();

	private final Object changed = new Object();

	PublisherChannel(Connection connection) throws IOException {
		this.connection = connection;
		Channel opened = connection.createChannel();
		if (opened == null) {
			throw new IOException("the broker allows no further channel on the connection");
		}
		this.channel = opened;
		this.channel.addConfirmListener(this);
		this.channel.addReturnListener((message) -> this.returned
			.add(token(message.getProperties().getMessageId(), message.getExchange(), message.getRoutingKey())));
		this.channel.addShutdownListener((cause) -> signal());
		this.channel.confirmSelect();
		connection.addBlockedListener(this);
	}

	boolean isOpen() {
		return this.channel.isOpen();
	}

	boolean isBlocked() {
		return this.blocked.get();
	}

	/** Why the channel is closed, null while it is open. */
	@Nullable ShutdownSignalException closeReason() {
		return this.channel.getCloseReason();
	}

	void publish(Publication publication) throws IOException {
		this.unconfirmed.put(this.channel.getNextPublishSeqNo(), publication);
		this.channel.basicPublish(publication.route().exchange(), publication.routingKey(), true,
				publication.properties(), publication.body());
	}

	/**
	 * Waits until everything is confirmed, the channel is closed, or time is up.
	 * @param deadline as {@link System#nanoTime()}
	 * @return the publications of which nothing is known, in their order
	 */
	List<Publication> await(long deadline) throws InterruptedException {
		synchronized (this.changed) {
			while (!this.unconfirmed.isEmpty() && this.channel.isOpen()) {
				long millis = (deadline - System.nanoTime()) / 1_000_000;
				if (millis <= 0) {
					break;
				}
				this.changed.wait(millis);
			}
		}
		List<Publication> unknown = new ArrayList<>(this.unconfirmed.values());
		this.returned.clear();
		return unknown;
	}

	/** Gives the channel up, without waiting for the broker. */
	void abandon() {
		this.unconfirmed.clear();
		this.connection.removeBlockedListener(this);
		if (!this.channel.isOpen()) {
			// Its listeners would be told once more, and the client's metrics say that
			// they fail: they have forgotten the channel with its connection.
			return;
		}
		try {
			this.channel.abort();
		}
		catch (IOException | RuntimeException ex) {
			// It was given up because it does not work.
		}
	}

	@Override
	public void handleAck(long deliveryTag, boolean multiple) {
		complete(deliveryTag, multiple, (publication) -> {
			if (this.returned.contains(publication.token())) {
				publication.returned();
			}
			else {
				publication.stored();
			}
		});
	}

	@Override
	public void handleNack(long deliveryTag, boolean multiple) {
		complete(deliveryTag, multiple, (publication) -> publication.unavailable("the broker did not take it"));
	}

	@Override
	public void handleBlocked(String reason) {
		this.blocked.set(true);
	}

	@Override
	public void handleUnblocked() {
		this.blocked.set(false);
	}

	static String token(@Nullable String messageId, String exchange, String routingKey) {
		return exchange + '\n' + routingKey + '\n' + messageId;
	}

	private void complete(long deliveryTag, boolean multiple, Consumer<Publication> outcome) {
		Map<Long, Publication> confirmed = multiple ? this.unconfirmed.headMap(deliveryTag, true)
				: this.unconfirmed.subMap(deliveryTag, true, deliveryTag, true);
		// Only then removed: whoever waits until nothing is unconfirmed must see the
		// outcomes.
		confirmed.values().forEach(outcome);
		confirmed.clear();
		signal();
	}

	private void signal() {
		synchronized (this.changed) {
			this.changed.notifyAll();
		}
	}

}
