package dev.busbar.egress.feed.intake;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.inbound.DatabaseProbe;
import dev.busbar.bus.inbound.InputChannels;
import dev.busbar.bus.inbound.MessageReaders;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.egress.feed.FeedConfiguration;
import dev.busbar.egress.feed.FeedListener;
import dev.busbar.egress.feed.JdbcFeed;
import dev.busbar.event.EventTypes;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.MessageHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads the streams for the feed, if it is on.
 */
@AutoConfiguration(after = FeedConfiguration.class, afterName = "dev.busbar.handler.HandlerConfiguration")
@ConditionalOnBean({ JdbcFeed.class, EventStreams.class, MessageReaders.class })
public final class FeedIntakeConfiguration {

	private final Patience patience = new Patience();

	@Bean
	InputChannels busbarFeedBindings(EventStreams streams, MessageReaders messages, EventTypes types, JdbcFeed feed,
			PlatformTransactionManager transactions, ObjectProvider<FeedListener> listeners, DatabaseProbe database) {
		// Asked for no sooner than there is an event: a listener may need much itself.
		FeedWriter writer = new FeedWriter(feed, new TransactionTemplate(transactions),
				() -> listeners.orderedStream().toList());
		Map<String, MessageHandler> consumers = new LinkedHashMap<>();
		streams.all()
			.stream()
			.filter(EventStream::fed)
			.forEach((stream) -> consumers.put(stream.feed(),
					new FeedConsumer(stream, messages.of(stream), types, writer, database, this.patience)));
		return new InputChannels(consumers);
	}

	@Bean
	FeedIntake busbarFeedIntake() {
		return new FeedIntake(this.patience);
	}

}
