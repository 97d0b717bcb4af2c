package dev.busbar.bench.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.busbar.bench.app.FillApplication;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import org.h2.engine.Constants;
import org.jspecify.annotations.Nullable;

/**
 * The embedded broker. Busbar itself lays the tables, and stores the orders that are
 * there before a contestant starts, once; each contestant gets a copy of that database.
 */
public final class EmbeddedGround implements Ground {

	static final String PROGRESS = "SELECT SUM(next_offset) FROM busbar_log_partition"
			+ " WHERE destination = 'order.accepted'";

	private final boolean h2;

	private final Map<Orders, Filled> filled = new HashMap<>();

	private EmbeddedGround(boolean h2) {
		this.h2 = h2;
	}

	/** On an H2 file. */
	public static EmbeddedGround h2() {
		return new EmbeddedGround(true);
	}

	/** On PostgreSQL. */
	public static EmbeddedGround postgresql() {
		return new EmbeddedGround(false);
	}

	/**
	 * Whether the libraries of Spring Modulith are there: the benchmarks' profile brings
	 * them.
	 */
	public static boolean hasModulith() {
		return ModulithStage.isThere();
	}

	@Override
	public String name() {
		return this.h2 ? "h2" : "postgresql";
	}

	@Override
	public String title() {
		return "embedded broker on " + (this.h2 ? "H2" : "PostgreSQL");
	}

	@Override
	public String versions() throws SQLException {
		return this.h2 ? "H2 " + Constants.VERSION : StateDatabase.version();
	}

	@Override
	public String durability() {
		return this.h2
				? "H2: written on commit, and synced after commits that published (Busbar the file alone, the floor by CHECKPOINT SYNC)"
				: "PostgreSQL: fsync on commit";
	}

	@Override
	public Stage stage(Entrant entrant, Orders orders) throws Exception {
		if (entrant == Entrant.MODULITH) {
			return ModulithStage.create(this.h2);
		}
		Filled source = filled(orders);
		Path folder = Program.folder("bench-" + entrant.name().toLowerCase(Locale.ROOT));
		Database copy = (source.database() != null) ? PostgresqlServer.shared().copy(source.database()) : null;
		if (copy == null) {
			source.copyTo(folder);
		}
		return new EmbeddedStage(entrant, folder, copy, orders);
	}

	private Filled filled(Orders orders) throws Exception {
		// Of those that come later it does not matter here what they are like.
		Orders like = (orders.count() > 0) ? orders
				: Orders.usual(0).withPartitions(orders.partitions()).withTypes(orders.types());
		Filled source = this.filled.get(like);
		if (source == null) {
			source = fill(like);
			this.filled.put(like, source);
		}
		return source;
	}

	@Override
	public IngressStage ingress(Entrant entrant, int port) throws Exception {
		Filled source = filled(Orders.usual(0));
		Path folder = Program.folder("bench-ingress");
		Database copy = (source.database() != null) ? PostgresqlServer.shared().copy(source.database()) : null;
		if (copy == null) {
			source.copyTo(folder);
		}
		String url = (copy != null) ? copy.url() : h2Url(folder);
		List<String> arguments = (entrant == Entrant.FLOOR)
				? List.of("http=" + port, "database=" + url + (this.h2 ? ";USER=sa" : ""))
				: this.h2 ? IngressStage.busbar(port, "embedded", "bench")
						: IngressStage.busbar(port, "embedded", "bench", "--spring.datasource.url=" + url);
		return new IngressStage(entrant, folder, arguments, () -> {
			try (Connection connection = DriverManager.getConnection(url, h2User(), "")) {
				return Check.count(connection, PROGRESS.replace("accepted", "placed"));
			}
		}, () -> {
			if (copy != null) {
				copy.close();
			}
		});
	}

	private Filled fill(Orders orders) throws Exception {
		Path folder = Program.folder("bench-fill");
		Database database = this.h2 ? null : PostgresqlServer.shared().createDatabase();
		List<String> arguments = new ArrayList<>(List.of("--spring.profiles.active=embedded",
				"--spring.flyway.baseline-on-migrate=true", "--spring.application.name=bench-fill",
				"--server.port=" + FreePort.find(), "--busbar.event-packages=dev.busbar.bench.app",
				"--bench.backlog=" + orders.count(), "--bench.keys=" + orders.keys(), "--bench.note=" + orders.note(),
				"--busbar.partitions=" + orders.partitions(), "--bench.types=" + orders.types().count()));
		arguments.addAll(orders.types().declarations());
		if (database != null) {
			arguments.add("--spring.datasource.url=" + database.url());
		}
		try (Program program = Program.start(folder, FillApplication.class, List.of(), List.of(), arguments)) {
			program.await(300);
		}
		try (Connection connection = DriverManager.getConnection((database != null) ? database.url() : h2Url(folder),
				h2User(), ""); Statement statement = connection.createStatement()) {
			statement.execute(StateDatabase.TABLE);
			if (database != null) {
				if (orders.count() > 0) {
					// Of empty tables it would tell that reading all of them is quickest.
					statement.execute("ANALYZE");
				}
				statement.execute("CHECKPOINT");
			}
		}
		return new Filled(folder, database);
	}

	private String h2User() {
		return this.h2 ? "sa" : "postgres";
	}

	static String h2Url(Path folder) {
		return "jdbc:h2:file:" + folder.resolve("data/busbar") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
	}

	@Override
	public void close() {
		this.filled.values().forEach((each) -> {
			if (each.database() != null) {
				each.database().close();
			}
		});
	}

	/** A database that holds orders. */
	private record Filled(Path folder, @Nullable Database database) {

		void copyTo(Path other) throws IOException {
			Files.createDirectories(other.resolve("data"));
			Files.copy(this.folder.resolve("data/busbar.mv.db"), other.resolve("data/busbar.mv.db"));
		}

	}

}
