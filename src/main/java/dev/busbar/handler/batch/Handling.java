package dev.busbar.handler.batch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.busbar.event.Event;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.Incoming;
import dev.busbar.handler.result.EventConflictException;
import dev.busbar.handler.retry.KeyOrder;
import dev.busbar.outbox.redelivery.Redelivery;
import dev.busbar.outbox.result.Outbox.Meanwhile;
import dev.busbar.outbox.result.Outbox.OutboxEntry;
import dev.busbar.outbox.result.Outbox.Result;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.Inbox.Admission;
import dev.busbar.store.inbox.Inbox.Verdict;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to deliveries inside one transaction.
 */
final class Handling {

	private static final Logger logger = LoggerFactory.getLogger("dev.busbar.handled");

	private final String destination;

	private final HandlingStores stores;

	private final List<Incoming> deliveries;

	private final int attempt;

	private final List<Result> results = new ArrayList<>();

	private final List<OutboxEntry> toPublish = new ArrayList<>();

	private final List<Event<?>> handledBefore = new ArrayList<>();

	private final List<Long> micros = new ArrayList<>();

	private final KeyOrder order;

	private final Supplier<List<Long>> marks;

	private boolean marked;

	/**
	 * Prepares a handling.
	 * @param marks gives the numbers of results that were published before, which this
	 * transaction marks; asked when they are written, since no sweep finds them meanwhile
	 */
	Handling(String destination, HandlingStores stores, List<Incoming> deliveries, int attempt,
			Supplier<List<Long>> marks) {
		this.destination = destination;
		this.stores = stores;
		this.deliveries = deliveries;
		this.order = stores.order(destination);
		this.attempt = attempt;
		this.marks = marks;
	}

	/**
	 * Handles the deliveries; to be called inside a transaction.
	 * @return the results that are to be published after the commit
	 */
	List<OutboxEntry> run() {
		List<Incoming> events = new ArrayList<>(this.deliveries.size());
		for (Incoming incoming : this.deliveries) {
			if (incoming.handleable()) {
				events.add(incoming);
			}
			else if (incoming.problem() != null) {
				refuse(incoming, incoming.problem());
			}
			else if (incoming.raw() != null) {
				logger.debug(
						"passed over type={} id={} source={} stream={}: another application's, or for another group",
						incoming.raw().type(), incoming.raw().id(), incoming.raw().source(), this.destination);
			}
		}
		if (!events.isEmpty()) {
			handle(events);
		}
		// Before it looks for what was left behind: they are not.
		if (!this.marked) {
			this.stores.outbox().markPublished(this.marks.get());
		}
		return inOrder();
	}

	/**
	 * What was stored before goes before what is new. An event may come twice in one
	 * batch: its second delivery finds the results of its first among the new ones.
	 */
	private List<OutboxEntry> inOrder() {
		if (this.handledBefore.isEmpty()) {
			return this.toPublish;
		}
		Set<Long> stored = this.toPublish.stream().map(OutboxEntry::number).collect(Collectors.toSet());
		List<OutboxEntry> all = new ArrayList<>();
		for (OutboxEntry before : this.stores.unpublished(this.handledBefore)) {
			if (!stored.contains(before.number())) {
				all.add(before);
			}
		}
		all.addAll(this.toPublish);
		return all;
	}

	private void handle(List<Incoming> events) {
		Inbox inbox = this.stores.inbox();
		List<Event<byte @Nullable []>> raw = new ArrayList<>(events.size());
		List<@Nullable UUID> tokens = new ArrayList<>(events.size());
		events.forEach((incoming) -> {
			raw.add(incoming.requiredRaw());
			tokens.add(incoming.token());
		});
		Admission admission = inbox.admit(this.stores.group(), raw, tokens, this.attempt);
		List<Incoming> admitted = new ArrayList<>(events.size());
		for (int i = 0; i < events.size(); i++) {
			if (admission.verdicts().get(i) == Verdict.FIRST) {
				admitted.add(events.get(i));
			}
		}
		this.order.look(admitted, admission.quiet());
		List<Incoming> run = new ArrayList<>();
		for (int i = 0; i < events.size(); i++) {
			Incoming incoming = events.get(i);
			Verdict verdict = admission.verdicts().get(i);
			if (verdict != Verdict.FIRST) {
				callAll(run);
				repeated(incoming, verdict);
				continue;
			}
			if (incoming.requiredHandler().remote()) {
				callAll(run);
				this.micros.add(0L);
				this.order.leave(incoming, this.attempt);
				logger.debug("left to its remote handler type={} id={} source={} key={} handler={}",
						incoming.requiredRaw().type(), incoming.requiredRaw().id(), incoming.requiredRaw().source(),
						incoming.requiredRaw().key(), incoming.requiredHandler().name());
				continue;
			}
			if (this.order.parks(incoming)) {
				callAll(run);
				this.micros.add(0L);
				logger.debug("parked type={} id={} source={} key={}", incoming.requiredRaw().type(),
						incoming.requiredRaw().id(), incoming.requiredRaw().source(), incoming.requiredRaw().key());
				continue;
			}
			if (!run.isEmpty() && !joins(run, incoming)) {
				callAll(run);
			}
			run.add(incoming);
			end(incoming);
		}
		callAll(run);
		if (!this.stores.publisher().publishInTransaction(admission.handling(), this.results, this.micros)) {
			this.toPublish.addAll(this.stores.outbox()
				.add(admission.handling(), this.results, new Meanwhile(this.marks.get(), this.micros)));
			this.marked = true;
		}
		this.order.settle(inbox, admission.handling());
	}

	/** Ends a redelivery whose event is handled. */
	private void end(Incoming incoming) {
		this.order.end(incoming);
		Redelivery redelivery = incoming.redelivery();
		if (redelivery != null && redelivery.letter() != null) {
			this.stores.deadLetters().replayed(redelivery.letter());
		}
	}

	/** Whether an event goes into the same call as those before it. */
	private static boolean joins(List<Incoming> run, Incoming next) {
		HandlerFunction handler = next.requiredHandler();
		return handler.takesMany() && run.get(0).requiredHandler().name().equals(handler.name());
	}

	private void callAll(List<Incoming> run) {
		if (run.isEmpty()) {
			return;
		}
		HandlerFunction handler = run.get(0).requiredHandler();
		List<Event<Object>> events = new ArrayList<>(run.size());
		run.forEach((incoming) -> events.add(incoming.requiredEvent()));
		long start = System.nanoTime();
		List<Object> returned = handler.call(events);
		long spent = (System.nanoTime() - start) / 1_000 / run.size();
		Event<Object> cause = events.get(events.size() - 1);
		this.results.addAll(this.stores.results().of(handler, cause, returned));
		for (Event<Object> event : events) {
			this.micros.add(spent);
			logger.debug("handled type={} id={} source={} key={} handler={} attempt={} micros={} results={}",
					event.type(), event.id(), event.source(), event.key(), handler.name(), this.attempt, spent,
					returned.size());
		}
		run.clear();
	}

	private void repeated(Incoming incoming, Verdict verdict) {
		Event<byte @Nullable []> event = incoming.requiredRaw();
		switch (verdict) {
			case HANDLED -> {
				this.handledBefore.add(event);
				end(incoming);
			}
			case DEAD -> this.order.end(incoming);
			case CONFLICT -> this.stores.deadLetters()
				.keep(this.destination, incoming, new EventConflictException(event.id(), event.source()), 0,
						this.stores.clock().instant());
			default -> logger.debug("passed over type={} id={} source={} state={}", event.type(), event.id(),
					event.source(), verdict);
		}
	}

	private void refuse(Incoming incoming, RuntimeException problem) {
		Event<byte @Nullable []> event = incoming.raw();
		Instant now = this.stores.clock().instant();
		if (!this.stores.aftermath(this.destination).bury(incoming, problem, 0, now) && event != null) {
			this.handledBefore.add(event);
		}
	}

}
