package dev.busbar.handler.batch;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import dev.busbar.bus.EventBus;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.inbound.DatabaseProbe;
import dev.busbar.bus.inbound.MessageReaders;
import dev.busbar.bus.inbound.Patience;
import dev.busbar.bus.inbound.TransactionTurns;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.HandlingProperties;
import dev.busbar.handler.incoming.HandlerFunction;
import dev.busbar.handler.incoming.IncomingReader;
import dev.busbar.handler.result.DeadLetterOffice;
import dev.busbar.handler.result.ResultPublisher;
import dev.busbar.handler.result.Results;
import dev.busbar.handler.result.Sweep;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.HandlerScan;
import dev.busbar.outbox.EventPublisher;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.remote.RemoteWork;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.Leases;
import dev.busbar.store.inbox.Inbox;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.messaging.MessageHandler;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Puts together what handles the streams of an application.
 */
public final class HandlerBatches {

	/**
	 * The part of a broker's deadline that one delivery may spend with waiting in place:
	 * the handlers need time too.
	 */
	private static final int PART = 4;

	private final HandlerScan scan;

	private final HandlingProperties properties;

	private final TransactionOperations transaction;

	private final HandlingStores stores;

	private final ResultPublisher publisher;

	private final Sweep sweep;

	private final Patience patience = new Patience();

	/**
	 * Puts the shared parts together.
	 * @param scan what was found among the beans
	 * @param properties how events are handled
	 * @param types decodes and encodes events
	 * @param bus publishes results
	 * @param inbox remembers what was handled
	 * @param outbox keeps results
	 * @param redeliveries keeps what is handled later
	 * @param deadLetters keeps what cannot be handled
	 * @param leases lets one instance sweep
	 * @param transaction the application's transactions
	 * @param broker the name of the selected binder
	 * @param clock tells the time
	 */
	public HandlerBatches(HandlerScan scan, HandlingProperties properties, EventTypes types, EventBus bus, Inbox inbox,
			Outbox outbox, Redeliveries redeliveries, DeadLetters deadLetters, Leases leases,
			TransactionOperations transaction, String broker, Clock clock) {
		this.scan = scan;
		this.properties = properties;
		this.transaction = transaction;
		DeadLetterOffice office = new DeadLetterOffice(deadLetters, scan.streams(), scan.group(), broker, clock);
		this.publisher = new ResultPublisher(bus, outbox, office, transaction, properties, this.patience);
		this.sweep = new Sweep(scan.group(), types, outbox, leases, this.publisher, transaction, properties, clock);
		this.stores = new HandlingStores(scan.group(), inbox, outbox, new Results(scan.group(), types, clock),
				this.publisher, office, redeliveries, clock);
	}

	/** Publishes results; one for all streams. */
	ResultPublisher publisher() {
		return this.publisher;
	}

	/** Publishes what a crash left behind. */
	Sweep sweep() {
		return this.sweep;
	}

	/** Ends waiting when handling stops. */
	Patience patience() {
		return this.patience;
	}

	/**
	 * The bindings of all streams that are handled here.
	 * @param beans gives the handlers' beans
	 * @param handlers settings of single handlers
	 * @param types decodes events
	 * @param messages reads events from messages
	 * @param database tells whether the database is away
	 * @param deadlines how long the broker lets a consumer hold a delivery
	 * @param connections how many connections the application's pool has
	 * @return the bindings, which are not bound yet
	 */
	public InputBindings bindings(BeanFactory beans, HandlingProperties.Handlers handlers, EventTypes types,
			MessageReaders messages, DatabaseProbe database, Function<EventStream, Duration> deadlines,
			int connections) {
		Map<String, HandlerFunction> byType = functionsByType(beans, handlers);
		BatchTransaction commits = new BatchTransaction(
				new TransactionTurns(this.transaction, connections, this.patience), this.publisher, database,
				this.properties, this.patience);
		Map<String, MessageHandler> byBinding = new LinkedHashMap<>();
		for (EventStream stream : this.scan.streams().all()) {
			if (stream.handled()) {
				IncomingReader reader = new IncomingReader(this.scan.group(), stream, messages.of(stream), types,
						byType);
				byBinding.put(stream.input(), new HandlerBatch(stream, reader, this.stores, commits, this.publisher,
						this.properties, this.patience, deadlines.apply(stream).dividedBy(PART)));
			}
		}
		return new InputBindings(byBinding);
	}

	/**
	 * The handling of remote handlers.
	 * @param handlers settings of single handlers
	 * @param types decodes results
	 * @param work what waits for them
	 * @param events publishes results
	 */
	RemoteHandling remote(HandlingProperties.Handlers handlers, EventTypes types, RemoteWork work,
			EventPublisher events) {
		return new RemoteHandling(this.scan, remoteFunctions(handlers), this.stores, this.transaction, work,
				new RemoteResults(this.scan.group(), types, this.stores.clock()), events);
	}

	private Map<String, HandlerFunction> remoteFunctions(HandlingProperties.Handlers settings) {
		Map<String, HandlerFunction> functions = new HashMap<>();
		this.scan.remote()
			.keySet()
			.forEach(
					(name) -> functions.put(name, HandlerFunction.remote(name, settings.retry(name, this.properties))));
		return functions;
	}

	private Map<String, HandlerFunction> functionsByType(BeanFactory beans, HandlingProperties.Handlers settings) {
		Map<String, HandlerFunction> byBean = new HashMap<>();
		for (FunctionBean function : this.scan.functions()) {
			String name = function.name();
			byBean.put(name, new HandlerFunction(function, () -> beans.getBean(name), settings.ownTransaction(name),
					settings.retry(name, this.properties)));
		}
		byBean.putAll(remoteFunctions(settings));
		Map<String, HandlerFunction> byType = new HashMap<>();
		this.scan.handlers().forEach((type, bean) -> {
			HandlerFunction function = byBean.get(bean);
			if (function != null) {
				byType.put(type, function);
			}
		});
		return byType;
	}

}
