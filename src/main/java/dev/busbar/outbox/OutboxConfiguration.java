package dev.busbar.outbox;

import java.time.Clock;

import javax.sql.DataSource;

import dev.busbar.event.CloudEvents;
import dev.busbar.outbox.redelivery.JdbcRedeliveries;
import dev.busbar.outbox.redelivery.Redeliveries;
import dev.busbar.outbox.remote.RemoteSignal;
import dev.busbar.outbox.remote.RemoteWork;
import dev.busbar.outbox.result.JdbcOutbox;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.result.OutboxPurges;
import dev.busbar.store.StoreConfiguration;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.archive.DeadLetterProperties;
import dev.busbar.store.letter.LetterHeaders;
import dev.busbar.store.retention.Purge;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The outbox in the application's database.
 */
@AutoConfiguration(after = StoreConfiguration.class)
@ConditionalOnBean(StoreSchema.class)
@EnableConfigurationProperties({ OutboxProperties.class, DeadLetterProperties.class })
public final class OutboxConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Outbox outbox(DataSource dataSource, StoreSchema schema, ObjectProvider<Clock> clock) {
		// Rows must be read as they were written, so the application's own settings for
		// JSON have no say here.
		CloudEvents codec = new CloudEvents(JsonMapper.builder().build());
		return new JdbcOutbox(dataSource, schema, codec, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	@ConditionalOnMissingBean
	Redeliveries redeliveries(DataSource dataSource, StoreSchema schema, DeadLetterProperties letters,
			RelaySignal relay, RemoteSignal remote, ObjectProvider<Clock> clock) {
		return new JdbcRedeliveries(dataSource, new CloudEvents(JsonMapper.builder().build()),
				new LetterHeaders(letters.headers()), relay, remote, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	RelaySignal busbarRelaySignal() {
		return new RelaySignal();
	}

	@Bean
	RemoteSignal busbarRemoteSignal() {
		return new RemoteSignal();
	}

	@Bean
	RemoteWork busbarRemoteWork(DataSource dataSource, StoreSchema schema, RemoteSignal signal,
			ObjectProvider<Clock> clock) {
		return new RemoteWork(dataSource, signal, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	Purge outboxPurge(OutboxProperties properties) {
		return OutboxPurges.results(properties.retention());
	}

	@Bean
	Purge outboxBlockPurge(OutboxProperties properties) {
		return OutboxPurges.blocks(properties.retention());
	}

}
