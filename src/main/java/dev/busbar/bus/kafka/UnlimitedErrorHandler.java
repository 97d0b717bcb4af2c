package dev.busbar.bus.kafka;

import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;

import org.springframework.kafka.KafkaException;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Delivers a batch again until it is handled, and tells no error when its container stops
 * meanwhile: then the broker delivers it again.
 */
final class UnlimitedErrorHandler extends DefaultErrorHandler {

	UnlimitedErrorHandler() {
		super(new FixedBackOff(500, FixedBackOff.UNLIMITED_ATTEMPTS));
		// No exception is worth losing an event: none is "fatal".
		setClassifications(Map.of(), true);
	}

	@Override
	public void handleBatch(Exception thrown, ConsumerRecords<?, ?> data, Consumer<?, ?> consumer,
			MessageListenerContainer container, Runnable invocation) {
		try {
			super.handleBatch(thrown, data, consumer, container, invocation);
		}
		catch (KafkaException ex) {
			throw container.isRunning() ? ex
					: new KafkaException(String.valueOf(ex.getMessage()), KafkaException.Level.DEBUG, ex);
		}
	}

}
