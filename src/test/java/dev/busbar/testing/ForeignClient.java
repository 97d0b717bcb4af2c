package dev.busbar.testing;

import java.util.Map;

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
	void publish(String destination, Map<String, String> headers, byte[] body) throws Exception;

}
