package dev.busbar.testing;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A broker's plain client, that knows nothing of Busbar.
 */
public interface ForeignClient {

	/**
	 * Publishes bytes and returns when the broker has confirmed them.
	 * @param destination an exchange or a topic, that exists
	 * @param headers as text; may be empty
	 * @param body the payload
	 */
	default void publish(String destination, Map<String, String> headers, byte[] body) throws Exception {
		publish(destination, null, headers, body);
	}

	/**
	 * Publishes bytes where a key belongs, if the broker's clients know of keys.
	 * @param key the message's key; RabbitMQ has none, and takes the first partition
	 */
	void publish(String destination, @Nullable String key, Map<String, String> headers, byte[] body) throws Exception;

}
