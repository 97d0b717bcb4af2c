package dev.busbar.bench.ground;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.busbar.bench.app.IngressApplication;
import dev.busbar.bench.floor.FloorEndpoint;

/**
 * An empty place for one that takes events by HTTP.
 *
 * @param arguments of the contestant
 * @param stored how many events are on the broker
 * @param end gives back what was taken
 */
public record IngressStage(Entrant entrant, Path folder, List<String> arguments, Callable<Long> stored,
		End end) implements Stage {

	/** What the bare endpoint does not need. */
	static final List<String> NOT_BARE = List.of("/target/classes", "spring-boot-starter-security",
			"spring-boot-security", "spring-security", "spring-cloud", "actuator", "springdoc");

	/** What Busbar is told on every broker. */
	static List<String> busbar(int port, String profile, String group, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=" + port, "--spring.profiles.active=" + profile,
				"--spring.application.name=" + group, "--spring.flyway.baseline-on-migrate=true",
				"--busbar.event-packages=dev.busbar.bench.app"));
		arguments.addAll(List.of(more));
		return arguments;
	}

	@Override
	public Program start(List<String> more) throws Exception {
		List<String> all = new ArrayList<>(this.arguments);
		all.addAll(more);
		return (this.entrant == Entrant.BUSBAR)
				? Program.start(this.folder, IngressApplication.class, List.of(),
						Profile.options(this.folder, "ingest"), all)
				: Program.start(this.folder, FloorEndpoint.class, NOT_BARE, List.of(), all);
	}

	/** Starts the packed jar in place of the class path. */
	public Program startJar(Path jar) {
		return startJar(new Extracted(Program.java(), List.of(), jar, null));
	}

	/** Starts the extracted jar in place of the class path. */
	public Program startJar(Extracted extracted) {
		List<String> command = new ArrayList<>(List.of(extracted.java(), BenchSettings.HEAP));
		command.addAll(extracted.options());
		command.addAll(List.of("-jar", extracted.jar().toString()));
		this.arguments.stream().filter((each) -> !each.startsWith("--busbar.event-packages=")).forEach(command::add);
		return Program.start(this.folder, command);
	}

	@Override
	public long results() throws Exception {
		return this.stored.call();
	}

	@Override
	public Connection database() {
		throw new UnsupportedOperationException("Events are on the broker");
	}

	@Override
	public List<String> sample() {
		return List.of();
	}

	@Override
	public void close() {
		try {
			this.end.end();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Gives back what was taken. */
	@FunctionalInterface
	public interface End {

		/** Gives it back. */
		void end() throws Exception;

	}

}
