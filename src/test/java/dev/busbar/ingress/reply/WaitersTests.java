package dev.busbar.ingress.reply;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.busbar.event.Event;
import dev.busbar.store.TestDatabase;
import dev.busbar.store.outcome.AwaitedEvent;
import dev.busbar.store.outcome.Outcome;
import dev.busbar.store.outcome.Outcomes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WaitersTests {

	private static final Duration NEVER = Duration.ofHours(1);

	private final TestDatabase database = TestDatabase.h2().withTables();

	private final Event<byte @Nullable []> event = new Event<>(UUID.randomUUID().toString(), "/test", "order.placed",
			null, null, null, null, null, null, null, Map.of(), "{}".getBytes(StandardCharsets.UTF_8));

	@AfterEach
	void close() {
		this.database.close();
	}

	@Test
	void whatAnotherInstanceHasHandledIsFoundByAskingTheDatabase() throws Exception {
		Waiters waiters = waiters(Duration.ofMillis(20));
		Ended ended = begin(waiters, NEVER);
		// Nothing in this process hears of it.
		this.database.inbox().admit("g", List.of(this.event), 1);
		assertThat(ended.get()).isInstanceOf(Outcome.Handled.class);
		assertThat(waiters.count()).isZero();
	}

	@Test
	void whatThisProcessHasHandledIsFoundAtOnce() throws Exception {
		Waiters waiters = waiters(NEVER);
		Ended ended = begin(waiters, NEVER);
		this.database.inbox().admit("g", List.of(this.event), 1);
		assertThat(waiters.isListening()).isTrue();
		waiters.reached("other", List.of(this.event));
		waiters.reached("g", List.of(this.event));
		assertThat(ended.get()).isInstanceOf(Outcome.Handled.class);
		assertThat(waiters.isListening()).isFalse();
	}

	@Test
	void whatIsHandledWhileItIsStoredIsFoundAtTheBeginning() throws Exception {
		Waiters waiters = waiters(NEVER);
		Waiter waiter = Objects.requireNonNull(waiters.enter(AwaitedEvent.of("g", this.event)));
		this.database.inbox().admit("g", List.of(this.event), 1);
		waiters.reached("g", List.of(this.event));
		Ended ended = new Ended();
		waiters.begin(waiter, ended, NEVER.toNanos());
		assertThat(ended.get()).isInstanceOf(Outcome.Handled.class);
	}

	@Test
	void anAbsentDatabaseLetsTheTimePass() throws Exception {
		Waiters waiters = waiters(Duration.ofMillis(20));
		this.database.dataSource().close();
		assertThat(begin(waiters, Duration.ofMillis(200)).get()).isNull();
		assertThat(waiters.count()).isZero();
	}

	@Test
	void whoBeginsAfterTheEndIsToldSo() throws Exception {
		Waiters waiters = waiters(NEVER);
		Waiter waiter = Objects.requireNonNull(waiters.enter(AwaitedEvent.of("g", this.event)));
		waiters.stop();
		Ended ended = new Ended();
		waiters.begin(waiter, ended, NEVER.toNanos());
		assertThat(ended.get()).isNull();
		assertThat(ended.whole).isFalse();
		assertThat(waiters.enter(AwaitedEvent.of("g", this.event))).isNull();
		waiters.start();
		assertThat(waiters.enter(AwaitedEvent.of("g", this.event))).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "-1s, 1, 1s, wait.max'", "601s, 1, 1s, wait.max'", "30s, 0, 1s, wait.max-waiting'",
			"30s, 1, 9ms, wait.poll-interval'" })
	void settingsThatCannotBeAreRefused(String max, int places, String interval, String named) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ReplyProperties(time(max), places, time(interval)))
			.withMessageContaining(named);
	}

	private static Duration time(String text) {
		boolean millis = text.endsWith("ms");
		long amount = Long.parseLong(text.replaceAll("[a-z]", ""));
		return millis ? Duration.ofMillis(amount) : Duration.ofSeconds(amount);
	}

	private Waiters waiters(Duration interval) {
		return new Waiters(new Outcomes(this.database.dataSource()),
				new ReplyProperties(Duration.ofSeconds(30), 2, interval));
	}

	private Ended begin(Waiters waiters, Duration wait) {
		Ended ended = new Ended();
		waiters.begin(Objects.requireNonNull(waiters.enter(AwaitedEvent.of("g", this.event))), ended, wait.toNanos());
		return ended;
	}

	private static final class Ended implements Waiter.Reply {

		private final CompletableFuture<@Nullable Outcome> outcome = new CompletableFuture<>();

		private volatile boolean whole;

		@Override
		public void end(@Nullable Outcome ended, boolean waited) {
			this.whole = waited;
			this.outcome.complete(ended);
		}

		@Override
		public boolean isGone() {
			return false;
		}

		private @Nullable Outcome get() throws Exception {
			return this.outcome.get(60, TimeUnit.SECONDS);
		}

	}

}
