package dev.busbar.store.archive;

import java.time.Clock;

import javax.sql.DataSource;

import dev.busbar.store.StoreConfiguration;
import dev.busbar.store.StoreSchema;
import dev.busbar.store.letter.EndedLetters;
import dev.busbar.store.retention.Purge;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The archive of dead letters in the application's database.
 */
@AutoConfiguration(after = StoreConfiguration.class)
@ConditionalOnBean(StoreSchema.class)
@EnableConfigurationProperties(DeadLetterProperties.class)
public final class ArchiveConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Archive archive(DataSource dataSource, StoreSchema schema, ObjectProvider<Clock> clock) {
		return new JdbcArchive(dataSource, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	@ConditionalOnMissingBean
	Replays replays(DataSource dataSource, StoreSchema schema, ObjectProvider<Clock> clock) {
		return new JdbcReplays(dataSource, clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	Purge deadLetterPurge(DeadLetterProperties properties) {
		return new Purge("dead letters", properties.retention(), new EndedLetters());
	}

	@Bean
	Purge replayPurge(DeadLetterProperties properties) {
		return new Purge("replays", properties.retention(), """
				delete from busbar_replay where id in (select id from busbar_replay
				where finished < ? order by finished limit ?)
				""");
	}

}
