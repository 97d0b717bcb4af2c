package dev.busbar.bench.ground;

import java.nio.file.Path;
import java.util.List;

import dev.busbar.bench.floor.FloorEndpoint;
import dev.busbar.testing.FreePort;

/**
 * Contestants that handle, and may take events by HTTP besides.
 */
final class WithHttp {

	private WithHttp() {
	}

	/** Busbar's port, unless the arguments name one. */
	static List<String> port(List<String> arguments) {
		return arguments.stream().anyMatch((each) -> each.startsWith("--server.port=")) ? List.of()
				: List.of("--server.port=" + FreePort.find());
	}

	/** Starts the floor's handler, with the bare endpoint in front if it has a port. */
	static Program floor(Path folder, Class<?> handler, List<String> without, List<String> arguments) {
		return arguments.stream().anyMatch((each) -> each.startsWith("http="))
				? Program.start(folder, FloorEndpoint.class, IngressStage.NOT_BARE, List.of(), arguments)
				: Program.start(folder, handler, without, List.of(), arguments);
	}

}
