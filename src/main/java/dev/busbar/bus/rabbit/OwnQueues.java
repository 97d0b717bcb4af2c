package dev.busbar.bus.rabbit;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.amqp.AmqpException;

/**
 * The queues that are bound here. One that somebody has deleted is declared again, also
 * while its binding is stopped: without its queue an event of the stream would reach
 * nobody, and the broker would not even say so as long as the feed's queue takes it.
 */
final class OwnQueues {

	private static final Logger logger = LoggerFactory.getLogger(OwnQueues.class);

	private final Map<String, Runnable> declarations = new ConcurrentSkipListMap<>();

	/**
	 * Has queues looked after from now on.
	 * @param queues their names
	 * @param declaration declares them, with their bindings, if they are not there
	 */
	void expect(Collection<String> queues, Runnable declaration) {
		queues.forEach((queue) -> this.declarations.put(queue, declaration));
	}

	/**
	 * Declares again what is gone.
	 * @param connection an open connection
	 * @throws IOException if the broker does not answer, or does not let a queue be
	 * declared
	 */
	void check(Connection connection) throws IOException {
		Set<String> gone = gone(connection);
		if (gone.isEmpty()) {
			return;
		}
		Set<Runnable> again = new LinkedHashSet<>();
		gone.forEach((queue) -> again.add(this.declarations.get(queue)));
		try {
			again.forEach(Runnable::run);
		}
		catch (AmqpException ex) {
			throw new IOException("the queues " + gone + " are gone and cannot be declared again", ex);
		}
		logger.warn("The queues {} of RabbitMQ were deleted, with all that was in them, and are declared again. What "
				+ "was published meanwhile and reached none of them was not handled", gone);
	}

	private Set<String> gone(Connection connection) throws IOException {
		Set<String> gone = new TreeSet<>();
		Channel channel = null;
		for (String queue : this.declarations.keySet()) {
			if (channel == null || !channel.isOpen()) {
				channel = connection.createChannel();
			}
			if (channel == null) {
				throw new IOException("the broker allows no further channel on the connection");
			}
			try {
				channel.queueDeclarePassive(queue);
			}
			catch (IOException ex) {
				// The broker closes the channel.
				if (!isNotFound(ex.getCause())) {
					throw ex;
				}
				gone.add(queue);
			}
		}
		if (channel != null && channel.isOpen()) {
			channel.abort();
		}
		return gone;
	}

	private static boolean isNotFound(@Nullable Throwable cause) {
		return cause instanceof ShutdownSignalException signal && signal.getReason() instanceof AMQP.Channel.Close close
				&& close.getReplyCode() == AMQP.NOT_FOUND;
	}

}
