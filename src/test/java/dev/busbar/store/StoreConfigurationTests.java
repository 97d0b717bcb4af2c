package dev.busbar.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import dev.busbar.outbox.OutboxConfiguration;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.JdbcInbox;
import dev.busbar.store.retention.Retention;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

class StoreConfigurationTests {

	private static final Instant NOW = Instant.parse("2030-01-20T00:00:00Z");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, JdbcClientAutoConfiguration.class, FlywayAutoConfiguration.class,
				StoreConfiguration.class, OutboxConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");

	@Test
	void theTablesAreThereWithoutAnyMigrationOfTheApplication() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(Inbox.class).hasSingleBean(Outbox.class);
			assertThat(context.getBean(DeadLetters.class).count()).isZero();
		});
	}

	@Test
	void anApplicationMayBringItsFirstMigrationLater() {
		this.runner.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withPropertyValues("spring.flyway.locations=classpath:dev/busbar/store/user").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(
					context.getBean(JdbcTemplate.class).queryForObject("select count(*) from user_table", Long.class))
				.isZero();
		});
	}

	@Test
	void theTablesAreThereWithoutFlywayOfTheApplication() {
		this.runner.withPropertyValues("spring.flyway.enabled=false")
			.run((context) -> assertThat(context.getBean(Inbox.class).find("x", null, 10)).isEmpty());
	}

	@Test
	void withoutADatabaseThereIsNoStore() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(StoreConfiguration.class, OutboxConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Inbox.class));
	}

	@Test
	void aRetentionThatIsNotPositiveIsRefused() {
		this.runner.withPropertyValues("busbar.outbox.retention=0s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("busbar.outbox.retention is PT0S"));
	}

	@Test
	void onlyWhatIsHandledOrPublishedIsPurgedAfterItsRetention() {
		this.runner.withBean(Clock.class, () -> Clock.fixed(NOW, ZoneOffset.UTC)).run((context) -> {
			Instant old = NOW.minus(Duration.ofDays(8));
			JdbcInbox before = new JdbcInbox(context.getBean(DataSource.class), context.getBean(StoreSchema.class),
					Clock.fixed(old, ZoneOffset.UTC));
			Inbox.Admission admission = before.admit("g", List.of(TestEvents.event("handled", "{}")), 1);
			before.finish(admission.handling(), new long[] { 5 });
			before.bury("g", TestEvents.event("dead", "{}"), null, 3);
			Inbox inbox = context.getBean(Inbox.class);
			inbox.admit("g", List.of(TestEvents.event("young", "{}")), 1);
			Outbox outbox = context.getBean(Outbox.class);
			List<Outbox.OutboxEntry> entries = outbox.add(0,
					List.of(result("old"), result("unpublished"), result("published")));
			outbox.markPublished(List.of(entries.get(0).number(), entries.get(2).number()));
			context.getBean(JdbcTemplate.class)
				.update("update busbar_outbox set stored = ?, published = case when number = ? then null"
						+ " when number = ? then cast(? as timestamp with time zone) else published end",
						old.atOffset(ZoneOffset.UTC), entries.get(1).number(), entries.get(0).number(),
						old.atOffset(ZoneOffset.UTC));
			List<Outbox.OutboxEntry> others = outbox.add(0, List.of(result("in an old block")));
			outbox.markPublished(others.stream().map(Outbox.OutboxEntry::number).toList());
			List<Outbox.OutboxEntry> waiting = outbox.add(0, List.of(result("in a waiting block")));
			List<Outbox.OutboxEntry> late = outbox.add(0, List.of(result("published long after it was stored")));
			outbox.markPublished(late.stream().map(Outbox.OutboxEntry::number).toList());
			context.getBean(JdbcTemplate.class)
				.update("update busbar_outbox set stored = ?, published = ? where number in (?, ?, ?)",
						old.atOffset(ZoneOffset.UTC), old.atOffset(ZoneOffset.UTC), others.get(0).number(),
						waiting.get(0).number(), late.get(0).number());
			context.getBean(JdbcTemplate.class)
				.update("update busbar_outbox_block set published = ? where first_number in (?, ?)",
						old.atOffset(ZoneOffset.UTC), others.get(0).number(), entries.get(0).number());

			assertThat(context.getBean(Retention.class).run()).isEqualTo(6);
			assertThat(inbox.find("handled", "/test", 10)).isEmpty();
			assertThat(inbox.find("dead", "/test", 10)).hasSize(1);
			assertThat(inbox.find("young", "/test", 10)).hasSize(1);
			assertThat(outbox.resultsOf(List.of("g"), "/test", "cause", 10)).extracting((entry) -> entry.event().id())
				.containsExactly("unpublished", "published", "in a waiting block",
						"published long after it was stored");
			assertThat(outbox.unpublished("g", List.of(TestEvents.event("cause", "{}"))))
				.extracting((entry) -> entry.event().id())
				.containsExactly("unpublished", "in a waiting block");
		});
	}

	@Test
	void anotherInstanceThatPurgesIsNotDisturbed() {
		this.runner.withBean(Clock.class, () -> Clock.fixed(NOW, ZoneOffset.UTC)).run((context) -> {
			JdbcInbox before = new JdbcInbox(context.getBean(DataSource.class), context.getBean(StoreSchema.class),
					Clock.fixed(NOW.minus(Duration.ofDays(8)), ZoneOffset.UTC));
			before.admit("g", List.of(TestEvents.event("handled", "{}")), 1);
			new JdbcLeases(context.getBean(DataSource.class), context.getBean(PlatformTransactionManager.class))
				.acquire("retention:inbox", Duration.ofMinutes(1));
			assertThat(context.getBean(Retention.class).run()).isZero();
		});
	}

	private static Outbox.Result result(String id) {
		return new Outbox.Result("g", TestEvents.event("cause", "{}"), TestEvents.event(id, "{}"));
	}

}
