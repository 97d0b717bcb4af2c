package dev.busbar.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.busbar.bench.ground.Check;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Measurement;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that handles stored orders as fast as it can, of one or of several kinds in
 * turn.
 */
final class Drain {

	private final Ground ground;

	private final Entrant entrant;

	private final List<String> arguments;

	private final List<DrainOf> kinds = new ArrayList<>();

	/** Orders of all kinds. */
	private int stored;

	private @Nullable Stage stage;

	private @Nullable Program program;

	private boolean finished;

	/**
	 * Creates one that is not started yet.
	 * @param ground where it works
	 * @param entrant who it is
	 * @param arguments what it is started with besides
	 */
	Drain(Ground ground, Entrant entrant, List<String> arguments) {
		this.ground = ground;
		this.entrant = entrant;
		this.arguments = arguments;
	}

	/**
	 * Adds a kind of orders.
	 * @param name what their rate is called
	 * @param like what they are like, in no more than their keys and their size different
	 * from others
	 * @param warmUp how long it warms up with them, at least
	 * @param window how long it is measured
	 * @param guess how many it may handle in a second
	 */
	Contestant of(String name, Orders like, Duration warmUp, Duration window, double guess) {
		DrainOf kind = new DrainOf(this, name, like.withCount(0).withKind(this.kinds.size()), warmUp, window, guess);
		this.kinds.add(kind);
		return kind;
	}

	/** Prepares the place, if that was not done. */
	void prepare(Orders like) throws Exception {
		if (this.stage == null) {
			this.stage = this.ground.stage(this.entrant, like);
		}
	}

	boolean isRunning() {
		return this.program != null;
	}

	Program program() {
		return Objects.requireNonNull(this.program);
	}

	/**
	 * Stores orders, measures, and waits until all are handled. The first ones are there
	 * when it starts.
	 */
	Measurement handle(Orders like, int from, int count, Duration settle, Duration most) throws Exception {
		Stage place = Objects.requireNonNull(this.stage);
		long before = (this.stored > 0) ? place.results() : 0;
		place.store(like, from, from + count);
		this.stored += count;
		Program running = this.program;
		if (running == null) {
			running = place.start(this.arguments);
			this.program = running;
		}
		Measurement measured = Measurement.of(running, place, before, before + count, settle, most);
		Measurement.awaitResults(running, place, before + count);
		return measured;
	}

	/** Ends it in good order, and checks its work on all kinds, once. */
	void finish() throws Exception {
		if (this.finished) {
			return;
		}
		this.finished = true;
		program().check();
		program().stop();
		List<Orders> all = this.kinds.stream().map(DrainOf::like).toList();
		assertThat(Check.done(this.entrant, Objects.requireNonNull(this.stage), all, 0))
			.as("handled orders, %s", this.entrant.title())
			.isBetween(this.stored - Math.max(5L, this.stored / 1_000), (long) this.stored);
	}

	void close() {
		if (this.program != null) {
			this.program.close();
			this.program = null;
		}
		if (this.stage != null) {
			this.stage.close();
			this.stage = null;
		}
	}

}
