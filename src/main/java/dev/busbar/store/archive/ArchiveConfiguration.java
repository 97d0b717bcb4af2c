package dev.busbar.store.archive;

import java.time.Clock;

import javax.sql.DataSource;

import dev.busbar.store.StoreConfiguration;
import dev.busbar.store.StoreSchema;
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
		return new Purge("dead letters", properties.retention(), """
				delete from busbar_dead_letter where id in (select id from busbar_dead_letter
				where ended < ? and state in ('REPLAYED', 'DISCARDED') order by ended limit ?)
				""");
	}

	// What was done with a letter goes after the letter: an action counts from when it
	// was done, which is before the letter's end.
	@Bean
	Purge deadLetterActionPurge(DeadLetterProperties properties) {
		return new Purge("dead letter actions", properties.retention(), """
				delete from busbar_dead_letter_action where number in (select number from busbar_dead_letter_action a
				where a.acted < ? and not exists (select 1 from busbar_dead_letter l where l.id = a.letter)
				order by number limit ?)
				""");
	}

	@Bean
	Purge replayPurge(DeadLetterProperties properties) {
		return new Purge("replays", properties.retention(), """
				delete from busbar_replay where id in (select id from busbar_replay
				where finished < ? order by finished limit ?)
				""");
	}

}
