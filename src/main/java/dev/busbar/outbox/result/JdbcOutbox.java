package dev.busbar.outbox.result;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.outbox.result.OutboxBlocks.Whole;
import dev.busbar.outbox.result.OutboxInserts.Inserted;
import dev.busbar.store.EventKeys;
import dev.busbar.store.PlannedTemplate;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.inbox.HandlingTimes;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.SqlArrayValue;

/**
 * The outbox in {@code busbar_outbox}: the envelope in the CloudEvents JSON format, and
 * beside it the data byte for byte.
 */
public final class JdbcOutbox implements Outbox {

	// Also what the sweep has marked meanwhile, which costs less than to look for that.
	private static final String MARK = "update busbar_outbox set published = ? where number = any(?)";

	private static final String CLAIM = """
			select number, envelope, data, large_data, published, null as block, null as block_published
			from busbar_outbox where published is null and consumer_group = ? and stored < ? and number > ?
			order by number limit ? for update skip locked
			""";

	private final JdbcTemplate jdbc;

	private final JdbcTemplate planned;

	private final OutboxRows rows;

	private final ResultRows results;

	private final OutboxBlocks blocks;

	private final OutboxInserts inserts;

	private final HandlingTimes times;

	private final StoreSchema schema;

	private final Clock clock;

	/**
	 * Creates an outbox.
	 * @param dataSource the application's database
	 * @param schema its tables
	 * @param codec writes and reads envelopes
	 * @param clock tells when a result was stored and published
	 */
	public JdbcOutbox(DataSource dataSource, StoreSchema schema, CloudEvents codec, Clock clock) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.planned = new PlannedTemplate(dataSource);
		this.blocks = new OutboxBlocks(dataSource);
		this.schema = schema;
		this.rows = new OutboxRows(codec);
		this.inserts = new OutboxInserts(dataSource, schema, this.rows, this.blocks);
		this.times = new HandlingTimes(dataSource);
		this.results = new ResultRows(dataSource, schema, codec);
		this.clock = clock;
	}

	@Override
	public List<OutboxEntry> add(long handling, List<Result> results, Meanwhile meanwhile) {
		checkGroup(results);
		OffsetDateTime now = now();
		if (results.isEmpty() || meanwhile.micros().isEmpty() || !this.schema.insertsTogether()) {
			markPublished(meanwhile.published());
			this.times.add(handling, meanwhile.micros(), now);
			return add(results, (part) -> this.inserts.waiting(handling, part, now));
		}
		Whole mark = OutboxBlocks.only(meanwhile.published());
		int some = this.inserts.fitting(results);
		Inserted inserted = this.inserts.waiting(handling, results.subList(0, some), now, meanwhile.micros(), mark);
		if (!inserted.marked()) {
			markPublished(meanwhile.published());
		}
		List<OutboxEntry> entries = entries(results.subList(0, some), inserted.first());
		entries.addAll(add(results.subList(some, results.size()), (part) -> this.inserts.waiting(handling, part, now)));
		return entries;
	}

	@Override
	public void addPublished(long handling, List<Result> results, List<Long> micros) {
		checkGroup(results);
		OffsetDateTime now = now();
		int together = 0;
		if (!results.isEmpty() && !micros.isEmpty() && this.schema.insertsTogether()) {
			together = this.inserts.fitting(results);
			this.inserts.published(handling, results.subList(0, together), now, micros);
		}
		else {
			this.times.add(handling, micros, now);
		}
		add(results.subList(together, results.size()), (part) -> this.inserts.published(handling, part, now));
	}

	private List<OutboxEntry> add(List<Result> results, ToLongFunction<List<Result>> insert) {
		List<OutboxEntry> entries = new ArrayList<>(results.size());
		List<Result> rest = results;
		while (!rest.isEmpty()) {
			int some = this.inserts.fitting(rest);
			entries.addAll(entries(rest.subList(0, some), insert.applyAsLong(rest.subList(0, some))));
			rest = rest.subList(some, rest.size());
		}
		return entries;
	}

	private static List<OutboxEntry> entries(List<Result> results, long first) {
		List<OutboxEntry> entries = new ArrayList<>(results.size());
		for (int i = 0; i < results.size(); i++) {
			entries.add(new OutboxEntry(first + i, results.get(i).event(), null));
		}
		return entries;
	}

	private static void checkGroup(List<Result> results) {
		if (results.stream().anyMatch((result) -> !result.group().equals(results.get(0).group()))) {
			throw new IllegalArgumentException("Results of several groups at once");
		}
	}

	@Override
	public void markPublished(Collection<Long> entries) {
		if (entries.isEmpty()) {
			return;
		}
		OffsetDateTime now = now();
		List<Long> single = this.blocks.mark(entries, now);
		if (!single.isEmpty()) {
			this.blocks.open(single, now);
			this.planned.update(MARK, now, new SqlArrayValue("int8", single.toArray()));
		}
	}

	@Override
	public List<OutboxEntry> unpublished(String group, Collection<? extends Event<?>> causes) {
		if (causes.isEmpty()) {
			return List.of();
		}
		return this.results
			.unpublished(causes.stream().map((cause) -> EventKeys.of(group, cause.source(), cause.id())).toList());
	}

	@Override
	public List<OutboxEntry> claimUnpublished(String group, Instant before, long after, int limit) {
		String stored = EventKeys.storable(group);
		this.blocks.openStale(stored, time(before), after, limit, now());
		return this.jdbc.query(CLAIM, (row, number) -> this.rows.entry(row), stored, time(before), after, limit);
	}

	@Override
	public List<OutboxEntry> resultsOf(Collection<String> groups, String source, String id, int limit) {
		return this.results.envelopes(groups.stream().map((group) -> EventKeys.of(group, source, id)).toList(), limit);
	}

	@Override
	public List<OutboxEntry> wholeResultsOf(String group, String source, String id, int limit) {
		return this.results.whole(List.of(EventKeys.of(group, source, id)), limit);
	}

	private OffsetDateTime now() {
		return time(this.clock.instant());
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

}
