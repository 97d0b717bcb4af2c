package dev.busbar.bus.rabbit.publish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.bus.rabbit.RabbitBusProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.cloud.stream.binder.rabbit.properties.RabbitExtendedBindingProperties;
import org.springframework.cloud.stream.config.BindingServiceProperties;

/**
 * Publishes a batch on one channel of the publishers' connection and lets the broker
 * confirm all of it together.
 * <p>
 * A thread of its own writes to the socket, since a broker that is short of memory stops
 * reading and so blocks whoever writes; the caller never waits past the deadline.
 */
public class RabbitEventSender implements EventSender, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(RabbitEventSender.class);

	private static final Duration CLOSE = Duration.ofSeconds(1);

	private final ExecutorService worker = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "rabbit-publisher");
		thread.setDaemon(true);
		return thread;
	});

	private final RabbitRoutes routes;

	private final Duration timeout;

	private final PublisherSession session;

	/**
	 * Creates a sender that has not yet opened a channel.
	 * @param connections to the broker
	 * @param bindings the sending bindings, by which exchange and queues are declared
	 * @param extended what RabbitMQ's binder knows of them
	 * @param properties exceptions for single streams, and how long a batch waits
	 */
	public RabbitEventSender(ConnectionFactory connections, BindingServiceProperties bindings,
			RabbitExtendedBindingProperties extended, RabbitBusProperties properties) {
		this.routes = new RabbitRoutes(bindings, extended, properties);
		this.timeout = properties.publishTimeout();
		this.session = new PublisherSession(connections);
	}

	@Override
	public void send(List<OutgoingEvent> batch) {
		List<Publication> publications = new ArrayList<>(batch.size());
		for (OutgoingEvent outgoing : batch) {
			try {
				publications.add(Publication.of(outgoing, this.routes.of(outgoing.stream())));
			}
			catch (RuntimeException ex) {
				outgoing.stored()
					.completeExceptionally(new EventRejectedException(String.valueOf(ex.getMessage()), ex));
			}
		}
		if (!publications.isEmpty()) {
			publish(publications, System.nanoTime() + this.timeout.toNanos());
		}
	}

	private void publish(List<Publication> publications, long deadline) {
		String why = "no answer within " + this.timeout.toMillis() + " ms";
		Future<?> flush = null;
		try {
			flush = this.worker.submit(() -> this.session.flush(publications, deadline));
			// The session ends by itself at the deadline, unless it hangs in the socket.
			flush.get(deadline - System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			flush.cancel(false);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			why = "interrupted";
		}
		catch (ExecutionException | RuntimeException ex) {
			why = String.valueOf((ex.getCause() != null) ? ex.getCause() : ex);
		}
		for (Publication publication : publications) {
			publication.unavailable(why);
		}
	}

	@Override
	public void destroy() throws InterruptedException {
		this.worker.execute(this.session::close);
		this.worker.shutdown();
		// Before the connection: the client's metrics count a channel by its connection.
		if (!this.worker.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
			logger.debug("The channel of the publisher is left to the end of its connection");
		}
	}

}
