package dev.busbar.handler.batch;

import java.time.Clock;
import java.util.Collection;
import java.util.List;

import dev.busbar.event.Event;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.handler.result.Results;
import dev.busbar.handler.retry.Aftermath;
import dev.busbar.handler.retry.KeyOrder;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.store.inbox.Inbox;

/**
 * What a handling reads and writes.
 *
 * @param group the consumer group
 * @param inbox what was handled before
 * @param outbox takes the results
 * @param results makes events of what handlers return
 * @param publisher publishes results with the transaction, if the broker can
 * @param deadLetters takes what cannot be handled
 * @param redeliveries takes what is handled later
 * @param clock tells the time
 */
record HandlingStores(String group, Inbox inbox, Outbox outbox, Results results, ResultPublisher publisher,
		DeadLetterOffice deadLetters, Redeliveries redeliveries, Clock clock) {

	/**
	 * The results of events that were handled before which are not known to be published;
	 * but for types that only a newer version of the application knows, which publishes
	 * them itself.
	 * @param causes events that were handled before
	 */
	List<OutboxEntry> unpublished(Collection<? extends Event<?>> causes) {
		return this.outbox.unpublished(this.group, causes)
			.stream()
			.filter((entry) -> this.results.knows(entry.event().type()))
			.toList();
	}

	/** Keeps the order of the keys of a stream, for one transaction. */
	KeyOrder order(String stream) {
		return new KeyOrder(this.group, stream, this.redeliveries, this.deadLetters);
	}

	/** What becomes of the failures of a stream. */
	Aftermath aftermath(String stream) {
		return new Aftermath(this.group, stream, this.inbox, this.redeliveries, this.deadLetters);
	}

}
