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
final class DrainProcess {

	private final Ground ground;

	private final Entrant entrant;

	private final List<String> arguments;

	private final List<Drain> kinds = new ArrayList<>();

	private @Nullable Stage stage;

	private @Nullable Program program;

	private boolean finished;

	/**
	 * Creates one that is not started yet.
	 * @param ground where it works
	 * @param entrant who it is
	 * @param arguments what it is started with besides
	 */
	DrainProcess(Ground ground, Entrant entrant, List<String> arguments) {
		this.ground = ground;
		this.entrant = entrant;
		this.arguments = arguments;
	}

	/**
	 * Adds a kind of orders.
	 * @param name what their rate is called
	 * @param like what they are like, which may differ from others in keys and size only
	 * @param warmUp how long it warms up with them, at least
	 * @param window how long it is measured
	 * @param guess how many it may handle in a second
	 */
	Drain add(String name, Orders like, Duration warmUp, Duration window, double guess) {
		Drain kind = new Drain(this, name, like.withCount(0).withKind(this.kinds.size()), warmUp, window, guess);
		this.kinds.add(kind);
		return kind;
	}

	/** Prepares the place, if that was not done. */
	void prepare(Orders like) throws Exception {
		if (this.stage == null) {
			this.stage = this.ground.stage(this.entrant, like);
		}
	}

	boolean isStarted() {
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
		Program running = this.program;
		long before = (running != null) ? place.results() : 0;
		place.store(like, from, from + count);
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
		Stage place = Objects.requireNonNull(this.stage);
		Check.done(this.entrant, place, this.kinds.stream().map(Drain::like).toList(), 0);
		for (Drain kind : this.kinds) {
			long stored = kind.stored();
			assertThat(Check.states(place, kind.like())).as("handled orders, %s", kind.name())
				.isBetween(stored - Math.max(5, stored / 1_000), stored);
		}
	}

	/** Ends it at whatever place, once. */
	void close() {
		Program running = this.program;
		this.program = null;
		Stage place = this.stage;
		this.stage = null;
		if (running != null) {
			running.close();
		}
		if (place != null) {
			place.close();
		}
	}

}
