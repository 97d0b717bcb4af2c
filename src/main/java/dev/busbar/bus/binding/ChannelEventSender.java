package dev.busbar.bus.binding;

import java.io.IOException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventHeaders;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Sends through any binder's output channel. An event counts as stored when the binder
 * returns; with the embedded binder, when the one transaction around the batch has
 * committed.
 */
final class ChannelEventSender implements EventSender {

	private final StreamOutputs outputs;

	private final @Nullable TransactionOperations transaction;

	private final @Nullable DataSource dataSource;

	/**
	 * Creates a sender.
	 * @param outputs knows the channels
	 * @param transaction runs a whole batch; null if the binder takes each event for
	 * itself
	 * @param dataSource the database that the binder shares with its callers, null if
	 * none
	 */
	ChannelEventSender(StreamOutputs outputs, @Nullable TransactionOperations transaction,
			@Nullable DataSource dataSource) {
		this.outputs = outputs;
		this.transaction = transaction;
		this.dataSource = dataSource;
	}

	@Override
	public void send(List<OutgoingEvent> batch) {
		if (this.transaction == null) {
			batch.forEach((event) -> complete(event, attempt(() -> send(event))));
			return;
		}
		RuntimeException failure = attempt(() -> commit(batch));
		if (failure instanceof EventRejectedException && batch.size() > 1) {
			batch.forEach((event) -> complete(event, attempt(() -> commit(List.of(event)))));
		}
		else {
			batch.forEach((event) -> complete(event, failure));
		}
	}

	@Override
	public boolean sendInTransaction(List<OutgoingEvent> batch) {
		DataSource database = this.dataSource;
		if (database == null || !TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.hasResource(database)) {
			return false;
		}
		for (OutgoingEvent event : batch) {
			try {
				send(event);
			}
			catch (BrokerUnavailableException ex) {
				throw ex;
			}
			catch (RuntimeException ex) {
				if (!refused(ex)) {
					// The caller knows best what a failure of its transaction means.
					throw ex;
				}
				complete(event, rejected(ex));
			}
		}
		return true;
	}

	private void commit(List<OutgoingEvent> batch) {
		TransactionOperations operations = this.transaction;
		if (operations != null) {
			operations.executeWithoutResult((status) -> batch.forEach(this::send));
		}
	}

	private void send(OutgoingEvent outgoing) {
		MessageChannel channel = this.outputs.channel(outgoing.stream());
		if (channel == null) {
			throw new BrokerUnavailableException("The output '" + outgoing.stream().output() + "' is not bound (yet)",
					null);
		}
		channel.send(message(outgoing));
	}

	private static Message<byte[]> message(OutgoingEvent outgoing) {
		byte[] data = outgoing.event().data();
		String contentType = outgoing.event().dataContentType();
		Map<String, Object> headers = new HashMap<>(EventHeaders.write(outgoing.event(), EventHeaders.AMQP_PREFIX));
		headers.put(MessageHeaders.CONTENT_TYPE, (contentType != null) ? contentType : "application/json");
		headers.put(BinderHeaders.PARTITION_HEADER, outgoing.partition());
		return new GenericMessage<>((data != null) ? data : new byte[0], headers);
	}

	private static void complete(OutgoingEvent event, @Nullable RuntimeException failure) {
		if (failure == null) {
			event.stored().complete(null);
		}
		else {
			event.stored().completeExceptionally(failure);
		}
	}

	private static @Nullable RuntimeException attempt(Runnable sending) {
		try {
			sending.run();
			return null;
		}
		catch (BrokerUnavailableException | EventRejectedException ex) {
			return ex;
		}
		catch (RuntimeException ex) {
			return refused(ex) ? rejected(ex)
					: new BrokerUnavailableException("The event could not be stored: " + ex.getMessage(), ex);
		}
	}

	private static EventRejectedException rejected(RuntimeException refusal) {
		return new EventRejectedException("The broker refused the event: " + refusal.getMessage(), refusal);
	}

	private static boolean refused(Throwable failure) {
		boolean refused = false;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof IOException || cause instanceof SQLRecoverableException
					|| cause instanceof SQLNonTransientConnectionException
					|| cause instanceof NonTransientDataAccessResourceException) {
				return false;
			}
			refused |= cause instanceof NonTransientDataAccessException || cause instanceof MessageConversionException
					|| cause instanceof IllegalArgumentException || cause instanceof EventFormatException;
		}
		return refused;
	}

}
