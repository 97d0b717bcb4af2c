package dev.busbar.egress.sse;

import java.util.List;
import java.util.function.Consumer;

import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.egress.feed.TypePatterns;
import dev.busbar.egress.live.FeedAccess;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application on the embedded broker whose feed is followed. Who sends the header
 * {@code X-Types} may read these types only.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class FeedApplication {

	@EventType("feed.noted")
	record Noted(@EventKey String key, int number) {
	}

	@EventType("feed.other")
	record Other(@EventKey String key, int number) {
	}

	@Bean
	Consumer<Noted> note() {
		return (noted) -> {
		};
	}

	@Bean
	Consumer<Other> hear() {
		return (other) -> {
		};
	}

	@Bean
	FeedAccess access() {
		return (request) -> {
			String types = request.getHeader("X-Types");
			return (types != null) ? new FeedLimits(TypePatterns.of(List.of(types.split(","))), TypePatterns.ALL)
					: FeedLimits.NONE;
		};
	}

}
