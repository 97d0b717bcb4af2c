package dev.busbar.ingress;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
		assertThat(this.recent.find("1")).extracting(RecentEvents.Accepted::source).containsExactly("/b", "/a");
	}

	@Test
	void noMoreThanEightSourcesOfAnIdAreFound() {
		RecentEvents many = new RecentEvents(20);
		for (int i = 0; i < 20; i++) {
			many.add(event("1", "/" + i), Instant.EPOCH, null);
		}
		assertThat(many.find("1")).extracting(RecentEvents.Accepted::source)
			.containsExactly("/19", "/18", "/17", "/16", "/15", "/14", "/13", "/12");
	}

	@Test
	void idsOfOneHashCodeAreToldApart() {
		assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
		this.recent.add(event("Aa", "/s"), Instant.EPOCH, Instant.MAX);
		this.recent.add(event("BB", "/s"), Instant.EPOCH, Instant.MAX);
		this.recent.forgetScheduled("BB", "/s");
		assertThat(this.recent.find("Aa")).hasSize(1);
		assertThat(this.recent.find("BB")).isEmpty();
	}

	@Test
	void anEventThatCameBeforeTheOneTakenOffTheScheduleIsFoundAgain() {
		this.recent.add(event("1", "/s"), Instant.EPOCH, null);
		this.recent.add(event("1", "/s"), Instant.EPOCH.plusSeconds(1), Instant.MAX);
		this.recent.forgetScheduled("1", "/s");
		assertThat(this.recent.find("1")).extracting(RecentEvents.Accepted::stored).containsExactly(Instant.EPOCH);
	}

	/** One place, so that each finds another's event in it. */
	@Test
	void whatIsThereIsFoundWhoeverWroteItsHashCodeLast() throws Exception {
		RecentEvents one = new RecentEvents(1);
		List<String> ids = List.of("1", "2", "3", "4");
		CyclicBarrier start = new CyclicBarrier(ids.size());
		ExecutorService threads = Executors.newFixedThreadPool(ids.size());
		try {
			for (int i = 0; i < 5_000; i++) {
				List<Future<?>> all = new ArrayList<>();
				for (String id : ids) {
					all.add(threads.submit(() -> {
						start.await();
						one.add(event(id, "/s"), Instant.EPOCH, null);
						return null;
					}));
				}
				for (Future<?> each : all) {
					each.get();
				}
				assertThat(ids.stream().filter((id) -> !one.find(id).isEmpty())).hasSize(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
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
