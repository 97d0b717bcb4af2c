package dev.busbar.egress.delivery;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.store.EventKeys;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The deliveries of an application in {@code busbar_delivery}, as others know them: added
 * with their events, ended with their subscription. All methods join the running
 * transaction. {@link DeliveryClaims} has those that are attempted.
 */
public final class DeliveryRows {

	// What H2 holds in a VARBINARY is a mebibyte at most.
	private static final int LARGE = 1_000_000;

	// The increment of the sequence.
	private static final int RANGE = 1000;

	private static final String ADD_EVENT = """
			insert into busbar_delivery_event (number, event_key, message, source, event_id, type, envelope, data,
				large_data, stored)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			""";

	private static final String ADD = """
			insert into busbar_delivery (number, application, subscription, event, type, state, attempts, tries, size,
				created, due)
			values (?, ?, ?, ?, ?, 'PENDING', 0, ?, ?, ?, ?)
			""";

	private static final String FORGET = """
			update busbar_delivery set state = 'CANCELLED', due = null, ended = ? where number in (
				select d.number from busbar_delivery d where d.application = ? and d.state = 'PENDING'
				and not (d.subscription = any(?))
				and not exists (select 1 from busbar_subscription s
					where s.application = d.application and s.name = d.subscription)
				and (d.created < ? or not exists (select 1 from busbar_endpoint e
					where e.application = d.application and e.subscription = d.subscription))
				order by d.number limit ?) and state = 'PENDING'
			""";

	private final JdbcTemplate jdbc;

	private final CloudEvents codec = new CloudEvents(JsonMapper.builder().build());

	private final String application;

	private long next;

	private int left;

	/**
	 * Creates a store.
	 * @param dataSource the application's database
	 * @param application the application's name
	 */
	public DeliveryRows(DataSource dataSource, String application) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.application = application;
	}

	/**
	 * Adds a delivery per event and subscription.
	 * @param additions the events and the names of their subscriptions
	 * @param now the time
	 * @param due when they are due
	 * @param tries how many attempts count as made
	 * @return the numbers of the deliveries
	 */
	public List<Long> add(List<Addition> additions, Instant now, Instant due, int tries) {
		List<Long> numbers = new ArrayList<>();
		List<@Nullable Object[]> events = new ArrayList<>(additions.size());
		List<@Nullable Object[]> deliveries = new ArrayList<>();
		for (Addition addition : additions) {
			long number = number();
			byte[] data = addition.event().data();
			int size = (data != null) ? data.length : 0;
			events.add(event(number, addition.event(), now));
			for (String subscription : addition.subscriptions()) {
				long delivery = number();
				numbers.add(delivery);
				deliveries.add(new @Nullable Object[] { delivery, this.application, subscription, number,
						EventKeys.storable(addition.event().type()), tries, size, time(now), time(due) });
			}
		}
		if (!deliveries.isEmpty()) {
			this.jdbc.batchUpdate(ADD_EVENT, events);
			this.jdbc.batchUpdate(ADD, deliveries);
		}
		return numbers;
	}

	// NullAway does not know that T of withData may be null.
	@SuppressWarnings("NullAway")
	private @Nullable Object[] event(long number, Event<byte @Nullable []> event, Instant now) {
		byte[] data = event.data();
		boolean large = data != null && data.length > LARGE;
		return new @Nullable Object[] { number, EventKeys.of(this.application, event.source(), event.id()),
				message(event), EventKeys.storable(event.source()), EventKeys.storable(event.id()),
				EventKeys.storable(event.type()), this.codec.encode(event.withData(null)), large ? null : data,
				large ? data : null, time(now) };
	}

	/**
	 * The id of an event's webhooks: the same for every subscription, attempt and
	 * instance. Events have an id that is unique only together with their source, and
	 * that may have characters which no header holds.
	 * @param event the event
	 * @return the id
	 */
	public static String message(Event<?> event) {
		return "msg_"
				+ Base64.getUrlEncoder().withoutPadding().encodeToString(EventKeys.of("", event.source(), event.id()));
	}

	private synchronized long number() {
		if (this.left == 0) {
			Long range = this.jdbc.queryForObject("select nextval('busbar_delivery_seq')", Long.class);
			if (range == null) {
				throw new IllegalStateException("The sequence busbar_delivery_seq gave no number");
			}
			this.next = range;
			this.left = RANGE;
		}
		this.left--;
		return this.next++;
	}

	/**
	 * Ends all deliveries of a subscription that are pending. Those that are attempted at
	 * present keep their claims, so that the attempts are kept.
	 * @param subscription its name
	 * @param state DEAD or CANCELLED
	 * @param now the time
	 */
	public int endAll(String subscription, Delivery.State state, Instant now) {
		return this.jdbc.update("""
				update busbar_delivery set state = ?, due = null, ended = ?
				where application = ? and subscription = ? and state = 'PENDING'
				""", state.name(), time(now), this.application, subscription);
	}

	/**
	 * Cancels deliveries of subscriptions that are gone: what a feed's transaction has
	 * written that did not know it yet, and what waits for one that was taken out of the
	 * configuration.
	 * @param declared the names of the subscriptions in the configuration
	 * @param before the time before which a delivery was written, unless its endpoint is
	 * gone, too: an instance with a newer configuration may know its subscription
	 * @param now the time
	 * @param limit how many at most
	 * @return how many they were
	 */
	public int cancelForgotten(Collection<String> declared, Instant before, Instant now, int limit) {
		return this.jdbc.update(FORGET, time(now), this.application, new SqlArrayValue("varchar", declared.toArray()),
				time(before), limit);
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	/**
	 * An event and who gets it.
	 *
	 * @param event the event
	 * @param subscriptions the names of the subscriptions
	 */
	public record Addition(Event<byte @Nullable []> event, List<String> subscriptions) {

	}

}
