package dev.busbar.binder.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.busbar.binder.jdbc.consumer.Consumption;
import dev.busbar.binder.jdbc.consumer.ConsumerSettings;
import dev.busbar.binder.jdbc.consumer.LogConsumers;
import dev.busbar.binder.jdbc.consumer.PartitionLease;
import dev.busbar.binder.jdbc.log.HeaderCodec;
import dev.busbar.binder.jdbc.log.LogRecord;
import dev.busbar.binder.jdbc.log.LogTransactions;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.core.Pausable;
import org.springframework.integration.core.RecoveryCallback;
import org.springframework.integration.endpoint.MessageProducerSupport;
import org.springframework.integration.support.ErrorMessageUtils;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;

/**
 * Hands the records of a consumer to its channel: one by one, or in batch mode all that
 * were read. Who does not acknowledge himself is acknowledged when the channel returns.
 */
final class JdbcConsumerEndpoint extends MessageProducerSupport implements Pausable {

	private final LogConsumers consumers;

	private final Consumption consumption;

	private final LogTransactions transactions;

	private final HeaderCodec headers;

	private @Nullable RetryTemplate retry;

	private @Nullable RecoveryCallback<?> recovery;

	JdbcConsumerEndpoint(LogConsumers consumers, ConsumerSettings settings, LogTransactions transactions,
			HeaderCodec headers, boolean batchMode) {
		this.consumers = consumers;
		this.consumption = new Consumption(consumers, settings, batchMode ? this::sendBatch : this::sendEach);
		this.transactions = transactions;
		this.headers = headers;
	}

	void setRetry(RetryTemplate retryTemplate, RecoveryCallback<?> recoveryCallback) {
		this.retry = retryTemplate;
		this.recovery = recoveryCallback;
	}

	@Override
	protected void doStart() {
		this.consumption.start();
	}

	@Override
	protected void doStop() {
		this.consumption.stop();
	}

	@Override
	public void pause() {
		this.consumption.pause();
	}

	@Override
	public void resume() {
		this.consumption.resume();
	}

	@Override
	public boolean isPaused() {
		return this.consumption.isPaused();
	}

	private void sendBatch(PartitionLease lease, List<LogRecord> records) {
		List<byte[]> payloads = new ArrayList<>(records.size());
		List<Map<String, Object>> batched = new ArrayList<>(records.size());
		List<PositionAcknowledgment> acknowledgments = new ArrayList<>(records.size());
		for (LogRecord item : records) {
			PositionAcknowledgment acknowledgment = acknowledgment(lease, item);
			payloads.add(item.payload());
			batched.add(headers(lease, item, acknowledgment));
			acknowledgments.add(acknowledgment);
		}
		PositionAcknowledgment last = acknowledgments.get(acknowledgments.size() - 1);
		sendMessage(MessageBuilder.withPayload(payloads)
			.setHeader(JdbcHeaders.BATCHED_HEADERS, batched)
			.setHeader(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, last)
			.build());
		if (acknowledgments.stream().noneMatch(PositionAcknowledgment::isAcknowledged)) {
			last.acknowledge();
		}
	}

	private void sendEach(PartitionLease lease, List<LogRecord> records) {
		for (LogRecord item : records) {
			if (!this.consumption.mayContinue(lease)) {
				return;
			}
			PositionAcknowledgment acknowledgment = acknowledgment(lease, item);
			send(MessageBuilder.withPayload(item.payload()).copyHeaders(headers(lease, item, acknowledgment)).build());
			if (!acknowledgment.isAcknowledged()) {
				acknowledgment.acknowledge();
			}
			if (lease.position() <= item.offset()) {
				throw new IllegalStateException("The record was requeued, or its acknowledgment was rolled back");
			}
			lease.succeeded();
		}
	}

	private void send(Message<byte[]> message) {
		if (this.retry == null || this.recovery == null) {
			sendMessage(message);
			return;
		}
		try {
			this.retry.execute(() -> {
				sendMessage(message);
				return true;
			});
		}
		catch (RetryException ex) {
			// Returns only if the application has an error handler that took the message.
			this.recovery.recover(ErrorMessageUtils.getAttributeAccessor(message, message), ex.getCause());
		}
	}

	private PositionAcknowledgment acknowledgment(PartitionLease lease, LogRecord item) {
		return new PositionAcknowledgment(this.consumers.leases(), this.transactions, lease, item.offset());
	}

	private Map<String, Object> headers(PartitionLease lease, LogRecord item, PositionAcknowledgment acknowledgment) {
		Map<String, Object> all = this.headers.decode(item.headers());
		all.put(JdbcHeaders.OFFSET, item.offset());
		all.put(JdbcHeaders.PARTITION, lease.number());
		all.put(JdbcHeaders.DESTINATION, lease.destination());
		all.put(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, acknowledgment);
		return all;
	}

}
