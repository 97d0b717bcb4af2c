package dev.busbar.binder.jdbc.properties;

import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;

/**
 * Settings of a binding on the embedded broker.
 */
public class JdbcBindingProperties implements BinderSpecificPropertiesProvider {

	/** The consumer's settings. */
	private JdbcConsumerProperties consumer = new JdbcConsumerProperties();

	/** The producer's settings. */
	private JdbcProducerProperties producer = new JdbcProducerProperties();

	@Override
	public JdbcConsumerProperties getConsumer() {
		return this.consumer;
	}

	public void setConsumer(JdbcConsumerProperties consumer) {
		this.consumer = consumer;
	}

	@Override
	public JdbcProducerProperties getProducer() {
		return this.producer;
	}

	public void setProducer(JdbcProducerProperties producer) {
		this.producer = producer;
	}

}
