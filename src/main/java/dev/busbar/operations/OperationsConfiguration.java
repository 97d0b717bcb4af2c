package dev.busbar.operations;

import java.time.Clock;

import dev.busbar.bus.EventStreams;
import dev.busbar.event.EventHeaders;
import dev.busbar.handler.HandlerRegistry;
import dev.busbar.ingress.body.RequestBody;
import dev.busbar.outbox.OutgoingEvents;
import dev.busbar.outbox.RelaySignal;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.store.Leases;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.Replays;
import dev.busbar.store.inbox.Inbox;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Dead letters over HTTP, and their replay in the background.
 */
@AutoConfiguration(afterName = { "dev.busbar.store.archive.ArchiveConfiguration",
		"dev.busbar.outbox.OutboxConfiguration", "dev.busbar.handler.HandlerConfiguration" })
@ConditionalOnBean({ Archive.class, Redeliveries.class, HandlerRegistry.class })
public class OperationsConfiguration {

	@Bean
	LetterEvents busbarLetterEvents(EventHeaders headers, HandlerRegistry registry, EventStreams streams,
			Archive archive) {
		return new LetterEvents(headers, registry.types(), streams, archive::withheld);
	}

	@Bean
	DeadLetterEvents busbarDeadLetterEvents(HandlerRegistry registry, OutgoingEvents outgoing) {
		return new DeadLetterEvents(registry.types(), registry.group(), (events) -> outgoing.store(events, null));
	}

	@Bean
	Replayer busbarReplayer(HandlerRegistry registry, LetterEvents events, Archive archive, Inbox inbox,
			Redeliveries redeliveries, OutgoingEvents outgoing, RelaySignal relay, Clock clock) {
		return new Replayer(registry, events, archive, inbox, redeliveries, (refused) -> outgoing.store(refused, null),
				relay::wakeAfterCommit, clock);
	}

	@Bean
	BulkReplay busbarBulkReplay(Archive archive, Replays replays, Replayer replayer,
			PlatformTransactionManager transactions, HandlerRegistry registry, Clock clock) {
		return new BulkReplay(archive, replays, replayer::replay, new TransactionTemplate(transactions),
				registry.group(), clock);
	}

	@Bean
	ReplayLoop busbarReplayLoop(BulkReplay replays, Leases leases, HandlerRegistry registry) {
		return new ReplayLoop(replays, leases, registry.group());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class WebConfiguration {

		@Bean
		DeadLettersEndpoint busbarDeadLettersEndpoint(Archive archive, Replayer replayer, LetterEvents events,
				PlatformTransactionManager transactions, Clock clock, RequestBody body) {
			LetterActions actions = new LetterActions(archive, replayer, events, new TransactionTemplate(transactions),
					clock);
			return new DeadLettersEndpoint(archive, actions, new LetterRequests(body));
		}

		@Bean
		ReplaysEndpoint busbarReplaysEndpoint(BulkReplay bulk, ReplayLoop loop, Archive archive, Replays replays,
				RequestBody body, HandlerRegistry registry) {
			return new ReplaysEndpoint(bulk, loop, archive, replays, new LetterRequests(body), registry.group());
		}

		@Bean
		OperationsProblems busbarOperationsProblems() {
			return new OperationsProblems();
		}

	}

}
