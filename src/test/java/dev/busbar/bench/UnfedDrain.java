package dev.busbar.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.busbar.bench.ground.Check;
import dev.busbar.bench.ground.Entrant;
import dev.busbar.bench.ground.Ground;
import dev.busbar.bench.ground.Measurement;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Program;
import dev.busbar.bench.ground.Stage;
import org.jspecify.annotations.Nullable;

/**
 * One that publishes by itself what it handles, for as long as it runs: it is paused
 * while others are measured. It has a database to itself, and no broker that would miss
 * it.
 */
final class UnfedDrain implements Contestant {

	private final String name;

	private final Ground ground;

	private final Entrant entrant;

	private final Duration warmUp;

	private final Duration window;

	private @Nullable Stage stage;

	private @Nullable Program program;

	UnfedDrain(String name, Ground ground, Entrant entrant, Duration warmUp, Duration window) {
		this.name = name;
		this.ground = ground;
		this.entrant = entrant;
		this.warmUp = warmUp;
		this.window = window;
	}

	@Override
	public Duration least() {
		return this.warmUp;
	}

	@Override
	public void open(Duration most) throws Exception {
		Stage place = this.ground.stage(this.entrant, Orders.usual(0));
		this.stage = place;
		Program started = place.start(List.of());
		this.program = started;
		Measurement.of(started, place, 0, Long.MAX_VALUE, this.warmUp, Duration.ZERO);
		started.pause();
	}

	@Override
	public Map<String, Double> round() throws Exception {
		Stage place = Objects.requireNonNull(this.stage);
		Program running = Objects.requireNonNull(this.program);
		long before = place.results();
		running.resume();
		Measurement measured = Measurement.of(running, place, before, Long.MAX_VALUE, Drain.SETTLE, this.window);
		running.pause();
		return Map.of(this.name, measured.rate());
	}

	@Override
	public void finish() throws Exception {
		Objects.requireNonNull(this.program).stop();
		Check.done(this.entrant, Objects.requireNonNull(this.stage), List.of(Orders.usual(0)), 0);
	}

	@Override
	public void close() {
		if (this.program != null) {
			this.program.close();
		}
		if (this.stage != null) {
			this.stage.close();
		}
	}

}
