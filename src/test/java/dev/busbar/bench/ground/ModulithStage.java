package dev.busbar.bench.ground;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import dev.busbar.bench.peer.ModulithPeer;
import org.jspecify.annotations.Nullable;

/**
 * An empty database for the event publication registry, which publishes by itself what it
 * handles.
 */
final class ModulithStage implements Stage {

	private final Path folder;

	private final @Nullable StateDatabase database;

	private @Nullable Program program;

	private ModulithStage(Path folder, @Nullable StateDatabase database) {
		this.folder = folder;
		this.database = database;
	}

	static ModulithStage create(boolean h2) throws Exception {
		Path folder = Program.folder("bench-modulith");
		if (!h2) {
			return new ModulithStage(folder, StateDatabase.create());
		}
		ModulithStage stage = new ModulithStage(folder, null);
		try (Connection connection = stage.database(); Statement statement = connection.createStatement()) {
			statement.execute(StateDatabase.TABLE);
		}
		return stage;
	}

	/** Whether its libraries are there: the profile of the benchmarks brings them. */
	static boolean isThere() {
		return System.getProperty("java.class.path").contains("spring-modulith-events-jdbc");
	}

	private String url() {
		return (this.database != null) ? this.database.url() : EmbeddedGround.h2Url(this.folder) + ";USER=sa";
	}

	@Override
	public Program start(List<String> more) {
		List<String> arguments = new ArrayList<>(more);
		arguments.addAll(List.of("--spring.datasource.url=" + url(), "--bench.progress=" + (this.database == null)));
		Program started = Program.startWithModulith(this.folder, ModulithPeer.class,
				List.of("/target/classes", "spring-cloud-stream", "spring-cloud-function"), arguments);
		this.program = started;
		return started;
	}

	@Override
	public long results() throws Exception {
		Program running = this.program;
		if (this.database == null && running != null && running.isRunning()) {
			String count = running.read("progress");
			return (count == null || count.isEmpty()) ? 0 : Long.parseLong(count);
		}
		try (Connection connection = database()) {
			return Check.count(connection,
					"SELECT COUNT(*) FROM information_schema.tables"
							+ " WHERE LOWER(table_name) = 'event_publication'") == 0 ? 0
									: Check.count(connection, ModulithPeer.RESULTS);
		}
	}

	@Override
	public Connection database() throws SQLException {
		return DriverManager.getConnection(url());
	}

	@Override
	public List<String> sample() throws SQLException {
		List<String> sample = new ArrayList<>();
		try (Connection connection = database();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("SELECT serialized_event FROM event_publication"
						+ " WHERE event_type LIKE '%Accepted' LIMIT 100")) {
			while (rows.next()) {
				sample.add(rows.getString(1));
			}
		}
		return sample;
	}

	@Override
	public void close() {
		try {
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
