package dev.busbar.bus.rabbit.fetch;

import java.util.function.LongConsumer;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/**
 * Makes batches of what has come, and waits for nothing more: large ones under load, none
 * that waits when little comes. The container waits its receive timeout for each message
 * of a batch, the first and the others alike, or ends a batch by the clock, however much
 * has come. So its timeout is none from the first message of a batch on, until the batch
 * is handed over.
 * <p>
 * For a container with one consumer, whose thread does all of this.
 */
public final class Gathering implements MessagePostProcessor, MethodInterceptor {

	private final LongConsumer receiveTimeout;

	private final long idle;

	private boolean gathering;

	private Gathering(LongConsumer receiveTimeout, long idle) {
		this.receiveTimeout = receiveTimeout;
		this.idle = idle;
	}

	/**
	 * For a container, which must have the result as its first advice, and last post
	 * processor of what it receives.
	 * @param container has one consumer
	 * @param idle how long it waits for a first message, in ms
	 */
	public static Gathering of(SimpleMessageListenerContainer container, long idle) {
		container.setBatchReceiveTimeout(0);
		return new Gathering(container::setReceiveTimeout, idle);
	}

	@Override
	public Message postProcessMessage(Message message) {
		if (!this.gathering) {
			this.gathering = true;
			this.receiveTimeout.accept(0);
		}
		return message;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		begin();
		return invocation.proceed();
	}

	/**
	 * Waits for a first message again. To be called when a consumer begins, too: what the
	 * one before it had gathered when it failed was never handed over, and the new one
	 * would ask without a pause.
	 */
	public void begin() {
		this.gathering = false;
		this.receiveTimeout.accept(this.idle);
	}

}
