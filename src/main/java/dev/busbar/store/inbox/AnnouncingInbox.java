package dev.busbar.store.inbox;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells listeners, after the commit, of events that have got on in an inbox.
 */
public final class AnnouncingInbox implements Inbox {

	private final Inbox inbox;

	private final Supplier<List<Listener>> listeners;

	/**
	 * Creates an inbox that announces.
	 * @param inbox keeps what is announced
	 * @param listeners who is told, asked for at each announcement
	 */
	public AnnouncingInbox(Inbox inbox, Supplier<List<Listener>> listeners) {
		this.inbox = inbox;
		this.listeners = listeners;
	}

	@Override
	public Admission admit(String group, List<? extends Event<byte @Nullable []>> events, List<@Nullable UUID> tokens,
			int attempt) {
		Admission admission = this.inbox.admit(group, events, tokens, attempt);
		List<Listener> listening = listening();
		if (!listening.isEmpty()) {
			List<Event<?>> reached = new ArrayList<>(events.size());
			for (int i = 0; i < events.size(); i++) {
				Verdict verdict = admission.verdicts().get(i);
				// The second is to be a dead letter.
				if (verdict == Verdict.FIRST || verdict == Verdict.CONFLICT) {
					reached.add(events.get(i));
				}
			}
			announce(listening, group, reached);
		}
		return admission;
	}

	@Override
	public boolean bury(String group, Event<byte @Nullable []> event, @Nullable UUID token, int attempts) {
		return announced(group, event, this.inbox.bury(group, event, token, attempts));
	}

	@Override
	public boolean takeBack(String group, Event<byte @Nullable []> event, UUID token) {
		return announced(group, event, this.inbox.takeBack(group, event, token));
	}

	private boolean announced(String group, Event<byte @Nullable []> event, boolean dead) {
		List<Listener> listening = listening();
		if (dead && !listening.isEmpty()) {
			announce(listening, group, List.of(event));
		}
		return dead;
	}

	private List<Listener> listening() {
		List<Listener> all = this.listeners.get();
		return (all.isEmpty() || all.stream().noneMatch(Listener::isListening)) ? List.of() : all;
	}

	private static void announce(List<Listener> listening, String group, List<? extends Event<?>> events) {
		if (events.isEmpty()) {
			return;
		}
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			listening.forEach((listener) -> listener.reached(group, events));
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCompletion(int status) {
				if (status == STATUS_COMMITTED) {
					listening.forEach((listener) -> listener.reached(group, events));
				}
			}

		});
	}

	@Override
	public void delay(String group, long handling, List<Delayed> events) {
		this.inbox.delay(group, handling, events);
	}

	@Override
	public void replayLater(String group, long handling, List<Delayed> events) {
		this.inbox.replayLater(group, handling, events);
	}

	@Override
	public boolean replay(String group, Event<byte @Nullable []> event, UUID token) {
		return this.inbox.replay(group, event, token);
	}

	@Override
	public @Nullable UUID takeBack(String group, String source, String id) {
		return this.inbox.takeBack(group, source, id);
	}

	@Override
	public void finish(long handling, long[] micros) {
		this.inbox.finish(handling, micros);
	}

	@Override
	public List<InboxEntry> find(String id, @Nullable String source, int limit) {
		return this.inbox.find(id, source, limit);
	}

	@Override
	public List<String> sources(String id, int limit) {
		return this.inbox.sources(id, limit);
	}

}
