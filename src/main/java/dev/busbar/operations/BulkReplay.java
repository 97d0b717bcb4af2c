package dev.busbar.operations;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.busbar.operations.Replayer.Outcome;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.store.archive.Archive;
import dev.busbar.store.archive.Archive.Place;
import dev.busbar.store.archive.ArchivedLetter;
import dev.busbar.store.archive.ArchivedLetter.State;
import dev.busbar.store.archive.LetterFilter;
import dev.busbar.store.archive.Replay;
import dev.busbar.store.archive.Replays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The replay of many dead letters, in small steps: each takes a page of letters, the
 * oldest first failure first, and commits it together with how far the replay has come.
 */
class BulkReplay {

	private static final Logger logger = LoggerFactory.getLogger(BulkReplay.class);

	/** As many letters as one transaction takes. */
	private static final int PAGE = 200;

	/** As many bytes of payloads as are in memory at once, but for a larger letter. */
	private static final long PAGE_BYTES = 8_000_000;

	/** As many letters are on their way to their handlers at most. */
	private static final int IN_FLIGHT = 2_000;

	private static final int RUNNING = 10;

	private final Archive archive;

	private final Replays replays;

	private final Sending sending;

	private final TransactionOperations transaction;

	private final String group;

	private final Clock clock;

	BulkReplay(Archive archive, Replays replays, Sending sending, TransactionOperations transaction, String group,
			Clock clock) {
		this.archive = archive;
		this.replays = replays;
		this.sending = sending;
		this.transaction = transaction;
		this.group = group;
		this.clock = clock;
	}

	/**
	 * The letters that a replay takes: open ones of this application, that are there now.
	 * @param filter which ones
	 */
	LetterFilter chosen(LetterFilter filter) {
		LetterFilter open = filter.openOf(this.group);
		Instant now = this.clock.instant();
		Instant to = (open.to() != null && open.to().isBefore(now)) ? open.to() : now;
		return new LetterFilter(open.states(), open.group(), open.type(), open.handler(), open.exception(), open.text(),
				open.from(), to);
	}

	/**
	 * Starts a replay.
	 * @param filter which letters, as {@link #chosen} gives it
	 * @param rate how many per second, null for no limit
	 * @param person who asks for it
	 * @return the replay, which runs in the background
	 */
	Replay start(LetterFilter filter, @Nullable Integer rate, String person) {
		Replay replay = new Replay(UUID.randomUUID(), this.group, filter, rate, person, Replay.State.RUNNING,
				this.archive.count(filter), 0, 0, null, null, this.clock.instant(), null, null);
		this.transaction.executeWithoutResult((status) -> {
			if (this.replays.running(this.group).size() >= RUNNING) {
				throw Problem
					.of(ProblemType.TOO_MANY_REPLAYS,
							RUNNING + " replays run already. Wait for one to end, or cancel one: GET /replays.")
					.asException();
			}
			this.replays.add(replay);
		});
		logger.info("Replay {} of {} dead letters is started by {}", replay.id(), replay.total(), person);
		return replay;
	}

	/**
	 * Ends a replay; what was sent back already goes on.
	 * @param id the replay
	 * @param person who ends it
	 */
	void cancel(UUID id, String person) {
		if (Boolean.TRUE.equals(this.transaction.execute((status) -> this.replays.cancel(id, person)))) {
			logger.info("Replay {} is cancelled by {}", id, person);
		}
	}

	/** The replays that run. */
	List<Replay> running() {
		return this.replays.running(this.group);
	}

	/**
	 * Does one step of a replay.
	 * @param replay the replay as it is now
	 * @param allowance how many letters it may take
	 * @return how many letters it took, 0 if it has to wait, negative if it has ended
	 * @throws org.springframework.dao.DataAccessException if the database is away or a
	 * race was lost: no letter was taken, and the step is to be made again
	 */
	int step(Replay replay, int allowance) {
		int free = IN_FLIGHT - this.archive.replaying(this.group, IN_FLIGHT);
		int limit = Math.min(Math.min(free, allowance), PAGE);
		if (limit <= 0) {
			return 0;
		}
		List<Place> page = bounded(this.archive.places(replay.filter(), replay.reached(), limit));
		if (page.isEmpty()) {
			this.transaction.executeWithoutResult((status) -> this.replays.done(replay.id()));
			logger.info("Replay {} has sent back {} dead letters, and {} could not be", replay.id(), replay.done(),
					replay.skipped());
			return -1;
		}
		try {
			return take(replay, page) ? page.size() : -1;
		}
		catch (RuntimeException ex) {
			return takeFirst(replay, page, ex);
		}
	}

	/** What is not the letter's fault passes, and the same step is made again. */
	private static boolean passes(RuntimeException failure) {
		return failure instanceof TransientDataAccessException || failure instanceof RecoverableDataAccessException
				|| failure instanceof DataAccessResourceFailureException || failure instanceof TransactionException;
	}

	private static List<Place> bounded(List<Place> places) {
		List<Place> page = new ArrayList<>();
		long bytes = 0;
		for (Place place : places) {
			bytes += place.size();
			if (!page.isEmpty() && bytes > PAGE_BYTES) {
				break;
			}
			page.add(place);
		}
		return page;
	}

	private boolean take(Replay replay, List<Place> page) {
		return Boolean.TRUE.equals(this.transaction.execute((status) -> {
			List<ArchivedLetter> letters = this.archive.lock(page.stream().map(Place::id).toList());
			Outcome outcome = this.sending.replay(letters, Set.of(State.OPEN), replay.person(), replay.id());
			boolean runs = this.replays.advance(replay, outcome.done(), page.size() - outcome.done(),
					page.get(page.size() - 1), text(outcome.problem()));
			if (!runs) {
				status.setRollbackOnly();
			}
			return runs;
		}));
	}

	/** One letter that cannot even be tried does not end the replay. */
	private int takeFirst(Replay replay, List<Place> page, RuntimeException failure) {
		if (passes(failure)) {
			throw failure;
		}
		Place first = page.get(0);
		if (page.size() > 1) {
			try {
				return take(replay, List.of(first)) ? 1 : -1;
			}
			catch (RuntimeException ex) {
				if (passes(ex)) {
					throw ex;
				}
				failure.addSuppressed(ex);
			}
		}
		logger.warn("Dead letter {} is left out of replay {}: {}", first.id(), replay.id(), failure.toString());
		String problem = "Dead letter " + first.id() + " could not be tried: the log says why.";
		boolean runs = Boolean.TRUE
			.equals(this.transaction.execute((status) -> this.replays.advance(replay, 0, 1, first, problem)));
		return runs ? 1 : -1;
	}

	private static @Nullable String text(@Nullable Problem problem) {
		return (problem != null) ? problem.detail() : null;
	}

	/**
	 * Sends letters back, as {@link Replayer#replay} does.
	 */
	interface Sending {

		Outcome replay(List<ArchivedLetter> letters, Set<State> allowed, String person, UUID replay);

	}

}
