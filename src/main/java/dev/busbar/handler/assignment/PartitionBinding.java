package dev.busbar.handler.assignment;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.DefaultBinding;

/**
 * A partition's binding as people see it: started and stopped by them, whoever holds the
 * lease.
 */
final class PartitionBinding extends DefaultBinding<Object> {

	private final Binding<Object> consumer;

	PartitionBinding(Binding<Object> consumer, PartitionConsumer lifecycle) {
		super(consumer.getName(), (consumer instanceof DefaultBinding<?> known) ? known.getGroup() : null, consumer,
				lifecycle);
		this.consumer = consumer;
	}

	@Override
	public synchronized void start() {
		this.lifecycle.start();
	}

	@Override
	public String getBindingName() {
		return this.consumer.getBindingName();
	}

	@Override
	public String getBinderName() {
		return this.consumer.getBinderName();
	}

	@Override
	public String getBinderType() {
		return this.consumer.getBinderType();
	}

	@Override
	public Map<String, Object> getExtendedInfo() {
		return this.consumer.getExtendedInfo();
	}

	@Override
	@SuppressWarnings("TypeParameterUnusedInFormals") // As the interface has it.
	public <P> @Nullable P getExtension() {
		return this.consumer.getExtension();
	}

	@Override
	public Map<String, Object> getAdditionalConfigurationProperties() {
		return this.consumer.getAdditionalConfigurationProperties();
	}

	@Override
	public boolean isInput() {
		return true;
	}

	@Override
	protected void afterUnbind() {
		this.consumer.unbind();
	}

}
