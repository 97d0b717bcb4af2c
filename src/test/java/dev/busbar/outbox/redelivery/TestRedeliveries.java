package dev.busbar.outbox.redelivery;

import java.time.Clock;
import java.util.List;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.outbox.RelaySignal;
import dev.busbar.outbox.remote.RemoteSignal;
import dev.busbar.store.letter.LetterHeaders;
import tools.jackson.databind.json.JsonMapper;

/**
 * Redeliveries for tests of other packages.
 */
public final class TestRedeliveries {

	private TestRedeliveries() {
	}

	public static Redeliveries of(DataSource dataSource) {
		return new JdbcRedeliveries(dataSource, new CloudEvents(JsonMapper.builder().build()),
				new LetterHeaders(List.of()), new RelaySignal(), new RemoteSignal(), Clock.systemUTC());
	}

}
