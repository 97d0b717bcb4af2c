package dev.busbar.egress.subscription;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.filter.FilterInput;
import dev.busbar.egress.subscription.JdbcSubscriptions.Stored;
import dev.busbar.egress.subscription.SubscriptionProperties.Declared;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The subscriptions of an application: those in its configuration, and those in its
 * database. Other instances see a change within a second. Safe for use by several
 * threads.
 */
public final class Subscriptions {

	private final JdbcSubscriptions rows;

	private final DefinitionRules rules;

	private final Endpoints endpoints;

	private final TransactionOperations transaction;

	private final Clock clock;

	private final Map<String, KnownSubscription> declared = new TreeMap<>();

	private final SubscriptionSnapshots snapshots;

	/**
	 * Reads the configuration; asks no database yet.
	 * @param dataSource the application's database
	 * @param settings what is configured
	 * @param endpoints how their receivers do
	 * @param transaction the application's transactions
	 * @param clock tells the time
	 * @throws IllegalArgumentException if a subscription in the configuration is none
	 */
	public Subscriptions(DataSource dataSource, Settings settings, Endpoints endpoints,
			TransactionOperations transaction, Clock clock) {
		this.rows = new JdbcSubscriptions(dataSource, settings.application(), new SecretBox(settings.encryptionKey()));
		this.rules = new DefinitionRules(settings.addresses());
		this.endpoints = endpoints;
		this.transaction = transaction;
		this.clock = clock;
		this.snapshots = new SubscriptionSnapshots(this.rows, this.declared, endpoints, clock);
		settings.declared().forEach((name, subscription) -> {
			try {
				this.declared.put(DefinitionRules.name(name), new KnownSubscription(
						this.rules.check(name, subscription.definition(), subscription.enabled(), true, null, null),
						subscription.secrets()));
			}
			catch (IllegalArgumentException ex) {
				throw new IllegalArgumentException("busbar.subscriptions." + name + ": " + ex.getMessage(), ex);
			}
		});
	}

	/** Tells the database of the subscriptions in the configuration. */
	public void layDeclared() {
		this.declared.values()
			.forEach((known) -> this.transaction.executeWithoutResult((status) -> this.endpoints
				.lay(known.subscription().name(), known.subscription().url().toString())));
	}

	/** The names of the subscriptions in the configuration. */
	public Set<String> declared() {
		return Set.copyOf(this.declared.keySet());
	}

	/** All subscriptions as they were a second ago or later, by name. */
	public Map<String, KnownSubscription> all() {
		return this.snapshots.present().known();
	}

	/** How the receivers of all subscriptions were a second ago or later, by name. */
	public Map<String, Endpoint> endpoints() {
		return this.snapshots.present().endpoints();
	}

	/** Forgets what was read, because it has changed. */
	public void changed() {
		this.snapshots.forget();
	}

	/** Whether a subscription gets deliveries at all. */
	public boolean isActive(KnownSubscription known) {
		Endpoint endpoint = endpoints().get(known.subscription().name());
		return known.subscription().enabled() && endpoint != null && endpoint.disabled() == null;
	}

	/** The names of the subscriptions that get an event. */
	public List<String> wanting(Event<byte @Nullable []> event) {
		List<String> names = new ArrayList<>();
		FilterInput input = new FilterInput(event);
		all().forEach((name, known) -> {
			if (isActive(known) && known.wants(event.type(), input)) {
				names.add(name);
			}
		});
		return names;
	}

	/** A subscription as it is now. */
	public Optional<KnownSubscription> find(String name) {
		KnownSubscription configured = this.declared.get(name);
		return (configured != null) ? Optional.of(configured) : this.rows.find(name, false)
			.map((stored) -> new KnownSubscription(stored.subscription(), stored.secrets()));
	}

	/** The subscription that a definition makes; keeps nothing. */
	public Subscription check(@Nullable String name, Definition definition) {
		return this.rules.check(DefinitionRules.name(name), definition, true, false, null, null);
	}

	/**
	 * Keeps a new subscription.
	 * @param subscription as {@link #check} gave it
	 * @param enabled whether it gets deliveries from now on
	 * @param also what is done in the same transaction
	 * @return its secret, or nothing if there is one of this name
	 */
	public Optional<String> add(Subscription subscription, boolean enabled, Runnable also) {
		if (this.declared.containsKey(subscription.name())) {
			return Optional.empty();
		}
		SigningSecrets secrets = SigningSecrets.generate();
		Instant now = this.clock.instant();
		try {
			this.transaction.executeWithoutResult((status) -> {
				this.rows.add(subscription, secrets, now);
				this.endpoints.remove(subscription.name());
				this.endpoints.lay(subscription.name(), subscription.url().toString());
				if (!enabled) {
					this.endpoints.write(Endpoint.healthy(subscription.name()).disable(Endpoint.Cause.PERSON, now));
				}
				also.run();
			});
		}
		catch (DuplicateKeyException ex) {
			return Optional.empty();
		}
		changed();
		return Optional.of(secrets.current());
	}

	/**
	 * Changes a subscription in the database.
	 * @param name its name
	 * @param change makes a definition of the present one
	 * @return whether there is one
	 * @throws IllegalArgumentException if what the change makes is not allowed
	 */
	public boolean change(String name, UnaryOperator<Definition> change) {
		boolean found = Boolean.TRUE.equals(this.transaction.execute((status) -> {
			Optional<Stored> stored = this.rows.find(name, true);
			stored.ifPresent((present) -> {
				Subscription changed = check(name, change.apply(Definition.of(present.subscription())));
				this.rows.change(changed, this.clock.instant());
				this.endpoints.lay(name, changed.url().toString());
			});
			return stored.isPresent();
		}));
		changed();
		return found;
	}

	/**
	 * Gives a subscription in the database a new secret; the present one is used too for
	 * a day.
	 * @return the new secret, or nothing if there is no such subscription
	 */
	public Optional<String> rotate(String name) {
		Instant now = this.clock.instant();
		Optional<String> secret = this.transaction.execute((status) -> this.rows.find(name, true).map((stored) -> {
			SigningSecrets present = stored.secrets();
			SigningSecrets next = (present != null) ? present.rotate(now) : SigningSecrets.generate();
			this.rows.secrets(name, next, now);
			return next.current();
		}));
		changed();
		return (secret != null) ? secret : Optional.empty();
	}

	/**
	 * Removes a subscription from the database, in the running transaction.
	 * @return whether there was one
	 */
	public boolean remove(String name) {
		boolean removed = this.rows.remove(name);
		if (removed) {
			this.endpoints.remove(name);
		}
		return removed;
	}

	/**
	 * Says whether a subscription gets deliveries; once it does again, what went wrong
	 * before is forgotten.
	 * @param name the name of a subscription
	 * @param wanted whether it gets deliveries
	 */
	public void enable(String name, boolean wanted) {
		Endpoint fresh = Endpoint.healthy(name);
		this.transaction.executeWithoutResult((status) -> this.endpoints
			.write(wanted ? fresh : fresh.disable(Endpoint.Cause.PERSON, this.clock.instant())));
		changed();
	}

	/**
	 * What is configured. Its text shows no secret.
	 *
	 * @param application the application's name
	 * @param declared the subscriptions in the configuration
	 * @param addresses where webhooks may be sent
	 * @param encryptionKey closes the secrets in the database, null for none
	 */
	public record Settings(String application, Map<String, Declared> declared, AddressRules addresses,
			@Nullable String encryptionKey) {

		@Override
		public String toString() {
			return "Settings[" + this.application + "]";
		}

	}

}
