package dev.busbar.bus.rabbit.publish;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/**
 * Sends batches, and finds the events at fault when the broker closes the channel: it
 * says neither which message it means, nor which others it has stored. Used by one
 * thread.
 */
class PublisherSession {

	private final ConnectionFactory connections;

	private @Nullable PublisherChannel channel;

	PublisherSession(ConnectionFactory connections) {
		ConnectionFactory publishers = connections.getPublisherConnectionFactory();
		this.connections = (publishers != null) ? publishers : connections;
	}

	/** Completes each publication, unless the deadline comes first. */
	void flush(List<Publication> publications, long deadline) {
		try {
			List<Publication> rest = attempt(publications, deadline);
			if (!rest.isEmpty() && isChannelError()) {
				oneByOne(rest, deadline);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			close();
		}
		catch (IOException | RuntimeException ex) {
			close();
			publications.stream().filter(Publication::isPending).forEach((one) -> one.unavailable(reason(ex)));
		}
	}

	void close() {
		if (this.channel != null) {
			this.channel.abandon();
			this.channel = null;
		}
	}

	/** After a channel error each pending event gets a try of its own. */
	private void oneByOne(List<Publication> publications, long deadline) throws IOException, InterruptedException {
		Map<String, String> refused = new HashMap<>();
		for (Publication publication : publications) {
			String exchange = publication.route().exchange();
			if (refused.containsKey(exchange)) {
				publication.rejected(refused.get(exchange), null);
				continue;
			}
			if (!attempt(List.of(publication), deadline).isEmpty() && isChannelError()) {
				ShutdownSignalException cause = closeReason();
				String why = reason(cause);
				publication.rejected(why, cause);
				if (isAbout(cause, AMQP.NOT_FOUND) || isAbout(cause, AMQP.ACCESS_REFUSED)) {
					refused.put(exchange, why);
				}
			}
		}
	}

	/** The publications of which nothing is known; the channel is then of no more use. */
	private List<Publication> attempt(List<Publication> publications, long deadline)
			throws IOException, InterruptedException {
		PublisherChannel open = open();
		for (Publication publication : publications) {
			if (System.nanoTime() >= deadline || open.isBlocked()) {
				break;
			}
			try {
				open.publish(publication);
			}
			catch (IllegalArgumentException ex) {
				// Too long for a frame. The client has counted a message that the broker
				// will never see, so this channel's confirms are worth nothing any more.
				publication.rejected(String.valueOf(ex.getMessage()), ex);
				return again(open, publications, deadline);
			}
			catch (AlreadyClosedException ex) {
				break;
			}
		}
		open.await(deadline);
		List<Publication> unknown = publications.stream().filter(Publication::isPending).toList();
		if (!unknown.isEmpty() && !isChannelError()) {
			ShutdownSignalException cause = open.closeReason();
			String why = (cause != null) ? reason(cause)
					: open.isBlocked() ? "it blocks publishers, being short of memory or disk" : "time is up";
			unknown.forEach((one) -> one.unavailable(why));
			close();
		}
		return unknown;
	}

	private List<Publication> again(PublisherChannel open, List<Publication> publications, long deadline)
			throws IOException, InterruptedException {
		open.abandon();
		this.channel = null;
		List<Publication> others = publications.stream().filter(Publication::isPending).toList();
		return others.isEmpty() ? others : attempt(others, deadline);
	}

	private PublisherChannel open() throws IOException {
		if (this.channel == null || !this.channel.isOpen()) {
			close();
			this.channel = new PublisherChannel(this.connections.createConnection().getDelegate());
		}
		return this.channel;
	}

	private boolean isChannelError() {
		ShutdownSignalException cause = (this.channel != null) ? this.channel.closeReason() : null;
		return cause != null && !cause.isHardError() && !cause.isInitiatedByApplication();
	}

	private ShutdownSignalException closeReason() {
		ShutdownSignalException cause = (this.channel != null) ? this.channel.closeReason() : null;
		return (cause != null) ? cause : new ShutdownSignalException(false, false, null, this);
	}

	private static boolean isAbout(ShutdownSignalException cause, int code) {
		return cause.getReason() instanceof AMQP.Channel.Close close && close.getReplyCode() == code;
	}

	static String reason(Throwable cause) {
		if (cause instanceof ShutdownSignalException signal) {
			if (signal.getReason() instanceof AMQP.Channel.Close close) {
				return close.getReplyText();
			}
			if (signal.getReason() instanceof AMQP.Connection.Close close) {
				return close.getReplyText();
			}
		}
		Throwable root = cause;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
	}

}
