package dev.busbar.operations;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import dev.busbar.operations.Replayer.Outcome;
import dev.busbar.store.StoreConfiguration;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.ArchiveConfiguration;
import dev.busbar.store.archive.ArchivedLetter;
import dev.busbar.store.archive.ArchivedLetter.State;
import dev.busbar.store.archive.LetterFilter;
import dev.busbar.store.archive.Replays;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A process that replays all dead letters of a database, each handled as soon as it is
 * sent.
 */
final class ReplayInSmallHeap {

	private ReplayInSmallHeap() {
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
			TransactionAutoConfiguration.class, StoreConfiguration.class, ArchiveConfiguration.class })
	static class Stores {

	}

	/**
	 * Replays all letters.
	 * @param arguments the URL of the database and its user
	 */
	public static void main(String[] arguments) {
		try (ConfigurableApplicationContext context = stores(arguments[0], arguments[1])) {
			Archive archive = context.getBean(Archive.class);
			BulkReplay bulk = bulk(context, (letters) -> {
				archive.move(letters.stream().map((each) -> each.letter().id()).toList(), State.REPLAYED);
				return new Outcome(letters.size(), 0, null);
			}, Clock.systemUTC());
			bulk.start(bulk.chosen(new LetterFilter(Set.of(), null, null, null, null, null, null, null)), null, "ann");
			while (!bulk.running().isEmpty()) {
				bulk.step(bulk.running().get(0), Integer.MAX_VALUE);
			}
		}
	}

	static ConfigurableApplicationContext stores(String url, String user) {
		return new SpringApplicationBuilder(Stores.class).web(WebApplicationType.NONE)
			.run("--spring.datasource.url=" + url, "--spring.datasource.username=" + user,
					"--spring.main.banner-mode=off");
	}

	static BulkReplay bulk(ConfigurableApplicationContext context, Function<List<ArchivedLetter>, Outcome> sending,
			Clock clock) {
		return new BulkReplay(context.getBean(Archive.class), context.getBean(Replays.class),
				(letters, allowed, person, replay) -> sending.apply(letters),
				new TransactionTemplate(context.getBean(PlatformTransactionManager.class)), BulkReplayContract.GROUP,
				clock);
	}

}
