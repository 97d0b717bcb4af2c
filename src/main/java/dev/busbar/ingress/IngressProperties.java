package dev.busbar.ingress;

import java.time.Duration;

import dev.busbar.event.format.Uris;
import dev.busbar.outbox.BrokerAway;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * How events are taken in.
 *
 * @param source Source (a URI reference) of the events that come by POST /webhook.
 * @param maxBody Largest body of a request.
 * @param bodyTimeout How long a client may take to send a body.
 * @param maxBatch How many events a batch may hold.
 * @param recent How many of the events that this instance took in last are remembered, so
 * that GET /events/{id} knows them before they are handled.
 * @param whenBrokerAway What becomes of events that come in while the broker is away:
 * they are stored until it is back, or refused.
 * @param unverifiedPerSecond How many webhooks that prove nothing each network address
 * may send a second, to all sources together, and ten times as many at once; 0 is any
 * number.
 */
@ConfigurationProperties("busbar.ingress")
public record IngressProperties(@DefaultValue("/webhook") String source, @DefaultValue("1MB") DataSize maxBody,
		@DefaultValue("30s") Duration bodyTimeout, @DefaultValue("1000") int maxBatch,
		@DefaultValue("100000") int recent, @DefaultValue("store") BrokerAway whenBrokerAway,
		@DefaultValue("50") int unverifiedPerSecond) {

	public IngressProperties {
		Assert.isTrue(!source.isEmpty() && Uris.isReference(source),
				"'busbar.ingress.source' must be a URI reference as RFC 3986 has it, such as /webhook");
		Assert.isTrue(maxBody.toBytes() > 0 && maxBody.toBytes() <= Integer.MAX_VALUE / 2,
				"'busbar.ingress.max-body' must be from 1B to 1023MB");
		Assert.isTrue(bodyTimeout.toMillis() > 0, "'busbar.ingress.body-timeout' must be at least 1ms");
		Assert.isTrue(maxBatch > 0, "'busbar.ingress.max-batch' must be at least 1");
		Assert.isTrue(recent > 0, "'busbar.ingress.recent' must be at least 1");
		Assert.isTrue(unverifiedPerSecond >= 0 && unverifiedPerSecond <= 1_000_000,
				"'busbar.ingress.unverified-per-second' must be from 0 (any number) to 1000000");
	}

}
