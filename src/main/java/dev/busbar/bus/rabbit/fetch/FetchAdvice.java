package dev.busbar.bus.rabbit.fetch;

import java.util.List;

import com.rabbitmq.client.Channel;
import dev.busbar.bus.inbound.HandlingStoppedException;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

/**
 * Tells what was handled. Where the container is to fetch more or fewer at a time, it
 * gives the batch back before the handling: only a channel that is new takes another
 * number.
 */
final class FetchAdvice implements MethodInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(FetchAdvice.class);

	private final FetchLimit limit;

	private final Fetcher fetcher;

	private final String queues;

	FetchAdvice(FetchLimit limit, Fetcher fetcher, String queues) {
		this.limit = limit;
		this.fetcher = fetcher;
		this.queues = queues;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object[] arguments = invocation.getArguments();
		if (this.fetcher.canGrow() && this.limit.hasRoom()) {
			this.fetcher.grow();
			logger.info("From {} up to {} messages are fetched at a time again", this.queues, this.fetcher.count());
		}
		if (arguments[0] instanceof Channel channel && !this.fetcher.consumes(target(channel))) {
			throw new HandlingStoppedException();
		}
		Object result = handle(invocation);
		List<?> batch = (arguments[1] instanceof List<?> list) ? list : List.of(arguments[1]);
		long weight = 0;
		for (Object item : batch) {
			weight += (item instanceof Message message) ? Fetcher.weight(message.getBody().length) : 0;
		}
		this.fetcher.handled(weight, batch.size());
		return result;
	}

	private @Nullable Object handle(MethodInvocation invocation) throws Throwable {
		try {
			return invocation.proceed();
		}
		finally {
			this.fetcher.rests();
		}
	}

	private static Channel target(Channel channel) {
		return (channel instanceof ChannelProxy proxy) ? proxy.getTargetChannel() : channel;
	}

}
