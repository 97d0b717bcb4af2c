package dev.busbar.bus.rabbit;

import java.io.IOException;

import com.rabbitmq.client.Channel;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.ChannelProxy;

/**
 * Closes the channel of a batch whose handling failed, so that the batch and all that was
 * fetched ahead return to their places in the queue. The container's own way, a negative
 * acknowledgement, lets the fetched successors overtake the batch.
 */
class CloseOnFailure implements MethodInterceptor {

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		try {
			return invocation.proceed();
		}
		catch (Exception ex) {
			close(invocation);
			throw ex;
		}
		catch (Error ex) {
			close(invocation);
			// The container would call System.exit for an error of any handler.
			throw new IllegalStateException("the handling of a batch ended with " + ex, ex);
		}
	}

	private static void close(MethodInvocation invocation) {
		if (invocation.getArguments()[0] instanceof Channel channel) {
			Channel target = (channel instanceof ChannelProxy proxy) ? proxy.getTargetChannel() : channel;
			try {
				target.abort();
			}
			catch (IOException | RuntimeException ex) {
				// It is closed, which has the same effect.
			}
		}
	}

}
