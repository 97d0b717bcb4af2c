package dev.busbar.bench.ground;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.bench.app.BenchApplication;

/**
 * Busbar as the contestant that handles orders.
 */
final class BusbarProgram {

	private BusbarProgram() {
	}

	/**
	 * Starts it.
	 * @param folder its working folder
	 * @param ground the name of the ground
	 * @param orders what it handles
	 * @param arguments where the orders are, and what it is asked for besides
	 */
	static Program start(Path folder, String ground, Orders orders, List<String> arguments) throws IOException {
		List<String> all = new ArrayList<>(arguments);
		all.addAll(WithHttp.port(arguments));
		all.addAll(List.of("--spring.flyway.baseline-on-migrate=true", "--busbar.partitions=" + orders.partitions(),
				StateDatabase.POOL));
		all.addAll(orders.types().arguments());
		return Program.startWith(orders.types().classes(), folder, BenchApplication.class,
				Profile.options(folder, ground), all);
	}

}
