package dev.busbar.store.inbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.busbar.event.Event;
import dev.busbar.store.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnnouncingInboxTests {

	private final TestDatabase database = TestDatabase.h2().withTables();

	private final List<String> heard = new ArrayList<>();

	private final Ear ear = new Ear();

	private final Inbox inbox = new AnnouncingInbox(this.database.inbox(), () -> List.of(this.ear));

	@BeforeEach
	void listen() {
		this.heard.clear();
		this.ear.listening = true;
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void isHeardAfterTheCommitAndNotBefore() {
		this.database.transaction().executeWithoutResult((status) -> {
			this.inbox.admit("g", List.of(event("a", "1"), event("b", "1")), 1);
			this.inbox.bury("g", event("c", "1"), null, 3);
			assertThat(this.heard).isEmpty();
		});
		assertThat(this.heard).containsExactly("g a", "g b", "g c");
	}

	@Test
	void whatIsTakenBackToBeADeadLetterIsHeard() {
		UUID token = UUID.randomUUID();
		this.inbox.replay("g", event("refused", "1"), token);
		this.inbox.takeBack("g", event("refused", "1"), UUID.randomUUID());
		assertThat(this.heard).isEmpty();
		this.inbox.takeBack("g", event("refused", "1"), token);
		assertThat(this.heard).containsExactly("g refused");
	}

	@Test
	void whatIsRolledBackIsNotHeard() {
		this.database.transaction().executeWithoutResult((status) -> {
			this.inbox.admit("g", List.of(event("rolled", "1")), 1);
			status.setRollbackOnly();
		});
		assertThat(this.heard).isEmpty();
	}

	@Test
	void aDuplicateIsNothingNewButOtherDataUnderItsIdIs() {
		this.inbox.admit("g", List.of(event("twice", "1")), 1);
		this.heard.clear();
		this.inbox.admit("g", List.of(event("twice", "1")), 1);
		assertThat(this.heard).isEmpty();
		this.inbox.admit("g", List.of(event("twice", "2")), 1);
		assertThat(this.heard).containsExactly("g twice");
	}

	@Test
	void whoDoesNotListenHearsNothing() {
		this.ear.listening = false;
		this.inbox.admit("g", List.of(event("unheard", "1")), 1);
		assertThat(this.heard).isEmpty();
	}

	private static Event<byte @Nullable []> event(String id, String data) {
		return new Event<>(id, "/test", "order.placed", null, null, null, null, null, null, null, Map.of(),
				data.getBytes(StandardCharsets.UTF_8));
	}

	private final class Ear implements Inbox.Listener {

		private boolean listening;

		@Override
		public boolean isListening() {
			return this.listening;
		}

		@Override
		public void reached(String group, List<? extends Event<?>> events) {
			events.forEach((event) -> AnnouncingInboxTests.this.heard.add(group + " " + event.id()));
		}

	}

}
