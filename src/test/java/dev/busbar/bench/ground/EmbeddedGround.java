package dev.busbar.bench.ground;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.busbar.bench.app.FillApplication;
import dev.busbar.bench.floor.FloorEmbedded;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.PostgresqlServer;
import dev.busbar.testing.PostgresqlServer.Database;
import org.jspecify.annotations.Nullable;

/**
 * The embedded broker. Busbar itself stores the orders, once; each contestant gets a copy
 * of that database.
 */
public final class EmbeddedGround implements Ground {

	private static final String PROGRESS = "SELECT SUM(next_offset) FROM busbar_log_partition"
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
	public String durability() {
		return this.h2 ? "H2: written on commit, and synced (CHECKPOINT SYNC) after commits that published"
				: "PostgreSQL: fsync on commit";
	}

	@Override
	public Stage stage(Entrant entrant, Orders orders) throws Exception {
		if (entrant == Entrant.MODULITH) {
			return ModulithStage.create(this.h2);
		}
		Filled source = this.filled.get(orders);
		if (source == null) {
			source = fill(orders);
			this.filled.put(orders, source);
		}
		Path folder = Program.folder("bench-" + entrant.name().toLowerCase(Locale.ROOT));
		if (source.database() == null) {
			Files.createDirectories(folder.resolve("data"));
			Files.copy(source.folder().resolve("data/busbar.mv.db"), folder.resolve("data/busbar.mv.db"));
			return new EmbeddedStage(entrant, folder, null, orders);
		}
		Database copy = PostgresqlServer.shared().copy(source.database());
		return new EmbeddedStage(entrant, folder, copy, orders);
	}

	@Override
	public IngressStage ingress(Entrant entrant, int port) throws Exception {
		Filled source = this.filled.get(Orders.usual(0));
		if (source == null) {
			source = fill(Orders.usual(0));
			this.filled.put(Orders.usual(0), source);
		}
		Path folder = Program.folder("bench-ingress");
		Database copy = (source.database() != null) ? PostgresqlServer.shared().copy(source.database()) : null;
		if (copy == null) {
			Files.createDirectories(folder.resolve("data"));
			Files.copy(source.folder().resolve("data/busbar.mv.db"), folder.resolve("data/busbar.mv.db"));
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
	}

	private final class EmbeddedStage implements Stage {

		private final Entrant entrant;

		private final Path folder;

		private final @Nullable Database database;

		private final Orders orders;

		private @Nullable Connection connection;

		private @Nullable Program program;

		EmbeddedStage(Entrant entrant, Path folder, @Nullable Database database, Orders orders) {
			this.orders = orders;
			this.entrant = entrant;
			this.folder = folder;
			this.database = database;
		}

		@Override
		public Program start(List<String> more) throws Exception {
			List<String> arguments = new ArrayList<>(more);
			if (this.entrant == Entrant.BUSBAR) {
				arguments.addAll(List.of("--spring.profiles.active=embedded", "--spring.application.name=bench"));
				arguments.add((this.database != null) ? "--spring.datasource.url=" + this.database.url()
						: "--bench.progress=true");
				this.program = BusbarProgram.start(this.folder, name(), this.orders, arguments);
			}
			else {
				arguments.addAll(List.of(
						"database=" + ((this.database != null) ? this.database.url() : h2Url(this.folder) + ";USER=sa"),
						"partitions=" + this.orders.partitions(), "batch=" + this.orders.batch()));
				this.program = WithHttp.floor(this.folder, FloorEmbedded.class, List.of("/target/classes"), arguments);
			}
			return this.program;
		}

		@Override
		public long results() throws Exception {
			if (this.database == null && this.program != null && this.program.isRunning()) {
				String count = this.program.read("progress");
				return (count == null || count.isEmpty()) ? 0 : Long.parseLong(count);
			}
			Connection open = this.connection;
			if (open == null) {
				open = database();
				this.connection = open;
			}
			return Check.count(open, PROGRESS);
		}

		@Override
		public String observed() {
			return (this.database != null) ? "database=" + this.database.url()
					: "file=" + this.folder.resolve("observed");
		}

		@Override
		public Connection database() throws SQLException {
			return DriverManager.getConnection((this.database != null) ? this.database.url() : h2Url(this.folder),
					h2User(), "");
		}

		@Override
		public List<String> sample() throws SQLException {
			List<String> sample = new ArrayList<>();
			try (Connection open = database();
					Statement statement = open.createStatement();
					ResultSet rows = statement.executeQuery("SELECT r.payload FROM busbar_log_record r"
							+ " JOIN busbar_log_partition p ON r.id >= p.id * 1099511627776"
							+ " AND r.id < p.id * 1099511627776 + 100 WHERE p.destination = 'order.accepted'")) {
				while (rows.next()) {
					sample.add(new String(rows.getBytes(1), StandardCharsets.UTF_8));
				}
			}
			return sample;
		}

		@Override
		public void close() {
			try {
				if (this.connection != null) {
					this.connection.close();
				}
				if (this.database != null) {
					this.database.close();
				}
				else {
					Files.deleteIfExists(this.folder.resolve("data/busbar.mv.db"));
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
