package dev.busbar.egress.subscription;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.subscription.JdbcSubscriptions.Stored;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscriptions and how their receivers do, read once a second at most. Safe for use
 * by several threads.
 */
final class SubscriptionSnapshots {

	private static final Logger logger = LoggerFactory.getLogger(SubscriptionSnapshots.class);

	private static final Duration FRESH = Duration.ofSeconds(1);

	private final JdbcSubscriptions rows;

	private final Map<String, KnownSubscription> declared;

	private final Endpoints endpoints;

	private final Clock clock;

	private volatile @Nullable Snapshot last;

	private volatile long changes;

	/**
	 * Creates snapshots; reads nothing yet.
	 * @param rows the subscriptions in the database
	 * @param declared those in the configuration, by name, which outrank them
	 * @param endpoints how their receivers do
	 * @param clock tells the time
	 */
	SubscriptionSnapshots(JdbcSubscriptions rows, Map<String, KnownSubscription> declared, Endpoints endpoints,
			Clock clock) {
		this.rows = rows;
		this.declared = declared;
		this.endpoints = endpoints;
		this.clock = clock;
	}

	/** What was read a second ago or later. */
	Snapshot present() {
		Snapshot known = this.last;
		Instant now = this.clock.instant();
		if (known == null || Duration.between(known.read(), now).abs().compareTo(FRESH) > 0) {
			long before = this.changes;
			known = read(now, (known != null) ? known.known() : Map.of());
			keep(known, before);
		}
		return known;
	}

	/** Not what was read before a change. */
	private synchronized void keep(Snapshot read, long before) {
		if (this.changes == before) {
			this.last = read;
		}
	}

	/** Forgets what was read, because it has changed. */
	synchronized void forget() {
		this.changes++;
		this.last = null;
	}

	private Snapshot read(Instant now, Map<String, KnownSubscription> before) {
		Map<String, KnownSubscription> known = new TreeMap<>();
		for (Stored stored : this.rows.all()) {
			String name = stored.subscription().name();
			KnownSubscription old = before.get(name);
			try {
				known.put(name, (old != null && old.subscription().equals(stored.subscription())) ? old
						: new KnownSubscription(stored.subscription(), stored.secrets()));
			}
			catch (IllegalArgumentException ex) {
				// Another version has written it. The others, and the feed, go on.
				logger.error("Subscription {} gets nothing, since this version does not read it: {}", name,
						ex.getMessage());
			}
		}
		known.putAll(this.declared);
		Map<String, Endpoint> states = new TreeMap<>();
		this.endpoints.all().forEach((endpoint) -> states.put(endpoint.subscription(), endpoint));
		return new Snapshot(now, Map.copyOf(known), Map.copyOf(states));
	}

	/**
	 * What was read.
	 *
	 * @param read when
	 * @param known all subscriptions, by name
	 * @param endpoints how their receivers were, by the subscription's name
	 */
	record Snapshot(Instant read, Map<String, KnownSubscription> known, Map<String, Endpoint> endpoints) {

	}

}
