package dev.busbar.binder.jdbc;

import java.util.Map;
import java.util.UUID;

import dev.busbar.binder.jdbc.consumer.ConsumerSettings;
import dev.busbar.binder.jdbc.consumer.LogConsumers;
import dev.busbar.binder.jdbc.log.HeaderCodec;
import dev.busbar.binder.jdbc.log.LogAppender;
import dev.busbar.binder.jdbc.log.LogTopology;
import dev.busbar.binder.jdbc.log.LogTransactions;
import dev.busbar.binder.jdbc.properties.JdbcConsumerProperties;
import dev.busbar.binder.jdbc.properties.JdbcConsumerProperties.StartOffset;
import dev.busbar.binder.jdbc.properties.JdbcExtendedBindingProperties;
import dev.busbar.binder.jdbc.properties.JdbcProducerProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.cloud.stream.binder.AbstractMessageChannelBinder;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.binder.ExtendedPropertiesBinder;
import org.springframework.cloud.stream.provisioning.ConsumerDestination;
import org.springframework.cloud.stream.provisioning.ProducerDestination;
import org.springframework.integration.core.MessageProducer;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.util.StringUtils;

/**
 * A broker in the application's own database: a partitioned log, on H2 or PostgreSQL.
 * <p>
 * A message that is sent within a transaction of the database is published when that
 * commits, and not at all when it rolls back. A group's position moves in the handler's
 * transaction through the acknowledgment callback in the headers; handlers that ignore it
 * are acknowledged when they return. A message whose handler fails is delivered again, in
 * order, until it succeeds or an error handler of the binding takes it: none is skipped.
 */
public class JdbcMessageChannelBinder extends
		AbstractMessageChannelBinder<ExtendedConsumerProperties<JdbcConsumerProperties>, ExtendedProducerProperties<JdbcProducerProperties>, JdbcDestinationProvisioner>
		implements ExtendedPropertiesBinder<MessageChannel, JdbcConsumerProperties, JdbcProducerProperties>,
		DisposableBean {

	private final LogTransactions transactions;

	private final JdbcExtendedBindingProperties extended;

	private final LogTopology topology;

	private final LogConsumers consumers;

	private final LogAppender appender;

	private final HeaderCodec headers = new HeaderCodec();

	JdbcMessageChannelBinder(LogTransactions transactions, JdbcExtendedBindingProperties extended, LogTopology topology,
			LogConsumers consumers, LogAppender appender) {
		super(new String[0], new JdbcDestinationProvisioner(topology));
		this.transactions = transactions;
		this.extended = extended;
		this.topology = topology;
		this.consumers = consumers;
		this.appender = appender;
	}

	/** Shown by {@code /actuator/bindings}; there is nothing beyond the properties. */
	@Override
	protected Map<String, Object> doGetAdditionalConfigurationProperties(String name) {
		return Map.of();
	}

	@Override
	public String getBinderIdentity() {
		return "jdbc-" + super.getBinderIdentity();
	}

	/**
	 * Forgets a durable group that nobody needs any more, with its positions, so that
	 * retention no longer keeps messages for it. If it has a consumer still, that joins
	 * again as a new group.
	 * @param destination the destination
	 * @param group the group's name
	 * @return whether there was such a group
	 */
	public boolean forgetGroup(String destination, String group) {
		return this.topology.forgetGroup(destination, group);
	}

	@Override
	protected MessageHandler createProducerMessageHandler(ProducerDestination destination,
			ExtendedProducerProperties<JdbcProducerProperties> producerProperties,
			@Nullable MessageChannel errorChannel) {
		String name = destination.getName();
		JdbcProducerHandler handler = new JdbcProducerHandler(name, this.topology.partitions(name), this.topology,
				this.appender, this.headers);
		handler.setBeanFactory(getBeanFactory());
		this.consumers.retain();
		return handler;
	}

	@Override
	protected MessageProducer createConsumerEndpoint(ConsumerDestination destination, @Nullable String group,
			ExtendedConsumerProperties<JdbcConsumerProperties> properties) {
		boolean durable = StringUtils.hasText(group);
		String name = (durable && group != null) ? group : "anonymous." + UUID.randomUUID();
		boolean latest = !durable || properties.getExtension().getStartOffset() == StartOffset.LATEST;
		ConsumerSettings settings = new ConsumerSettings(destination.getName(), name, durable, latest,
				Math.max(1, properties.getConcurrency()), properties.getExtension().getBatchSize(),
				properties.getExtension().getBatchBytes().toBytes());
		JdbcConsumerEndpoint endpoint = new JdbcConsumerEndpoint(this.consumers, settings, this.transactions,
				this.headers, properties.isBatchMode());
		endpoint.setBeanFactory(getBeanFactory());
		if (!properties.isBatchMode()) {
			ErrorInfrastructure errors = registerErrorInfrastructure(destination, name, properties);
			endpoint.setRetry(buildRetryTemplate(properties), errors.getRecoverer());
		}
		return endpoint;
	}

	@Override
	public JdbcConsumerProperties getExtendedConsumerProperties(String channelName) {
		return this.extended.getExtendedConsumerProperties(channelName);
	}

	@Override
	public JdbcProducerProperties getExtendedProducerProperties(String channelName) {
		return this.extended.getExtendedProducerProperties(channelName);
	}

	@Override
	public String getDefaultsPrefix() {
		return this.extended.getDefaultsPrefix();
	}

	@Override
	public Class<? extends BinderSpecificPropertiesProvider> getExtendedPropertiesEntryClass() {
		return this.extended.getExtendedPropertiesEntryClass();
	}

	@Override
	public void destroy() {
		this.consumers.close();
	}

}
