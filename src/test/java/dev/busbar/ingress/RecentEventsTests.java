package dev.busbar.ingress;

import java.time.Instant;
import java.util.Map;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecentEventsTests {

	private final RecentEvents recent = new RecentEvents(3);

	@Test
	void theOldestIsForgottenFirst() {
		for (String id : new String[] { "1", "2", "3", "4" }) {
			this.recent.add(event(id, "/s"), Instant.EPOCH, null);
		}
		assertThat(this.recent.find("1")).isEmpty();
		assertThat(this.recent.find("2")).hasSize(1);
		assertThat(this.recent.find("4")).hasSize(1);
	}

	@Test
	void anEventThatCameAgainIsRememberedOnceAndLonger() {
		this.recent.add(event("1", "/s"), Instant.EPOCH, null);
		this.recent.add(event("1", "/s"), Instant.EPOCH.plusSeconds(1), null);
		assertThat(this.recent.find("1")).extracting(RecentEvents.Accepted::stored)
			.containsExactly(Instant.EPOCH.plusSeconds(1));
		this.recent.add(event("2", "/s"), Instant.EPOCH, null);
		this.recent.add(event("3", "/s"), Instant.EPOCH, null);
		assertThat(this.recent.find("1")).hasSize(1);
		this.recent.add(event("4", "/s"), Instant.EPOCH, null);
		assertThat(this.recent.find("1")).isEmpty();
	}

	@Test
	void eventsOfSeveralSourcesAreToldApart() {
		this.recent.add(event("1", "/a"), Instant.EPOCH, null);
		this.recent.add(event("1", "/b"), Instant.EPOCH, null);
		assertThat(this.recent.find("1")).extracting(RecentEvents.Accepted::source)
			.containsExactlyInAnyOrder("/a", "/b");
	}

	@Test
	void whatIsTakenOffTheScheduleIsForgotten() {
		this.recent.add(event("1", "/a"), Instant.EPOCH, Instant.MAX);
		this.recent.add(event("1", "/b"), Instant.EPOCH, null);
		this.recent.forgetScheduled("1", "/a");
		this.recent.forgetScheduled("1", "/b");
		this.recent.forgetScheduled("2", "/a");
		assertThat(this.recent.find("1")).extracting(RecentEvents.Accepted::source).containsExactly("/b");
		for (String id : new String[] { "2", "3", "4", "5" }) {
			this.recent.add(event(id, "/a"), Instant.EPOCH, null);
		}
		assertThat(this.recent.find("1")).isEmpty();
	}

	private static Event<byte @Nullable []> event(String id, String source) {
		return new Event<>(id, source, "t", null, null, null, null, null, null, null, Map.of(), new byte[0]);
	}

}
