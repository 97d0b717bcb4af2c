package dev.busbar.egress.webhook;

import java.net.URI;
import java.util.Map;

/**
 * A signed webhook, ready to be sent.
 *
 * @param url where to
 * @param headers all headers but those of the transport
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent")
public record WebhookRequest(URI url, Map<String, String> headers, byte[] body) {

	@Override
	public String toString() {
		return "WebhookRequest[...]";
	}

}
