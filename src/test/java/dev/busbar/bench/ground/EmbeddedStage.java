package dev.busbar.bench.ground;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.busbar.bench.floor.FloorEmbedded;
import dev.busbar.bench.floor.LogOrders;
import dev.busbar.testing.PostgresqlServer.Database;
import org.jspecify.annotations.Nullable;

/**
 * A database with the log and the tables of one contestant.
 */
final class EmbeddedStage implements Stage {

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

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
			this.program = BusbarProgram.start(this.folder, (this.database != null) ? "postgresql" : "h2", this.orders,
					arguments);
		}
		else {
			arguments.addAll(List.of("database="
					+ ((this.database != null) ? this.database.url() : EmbeddedGround.h2Url(this.folder) + ";USER=sa"),
					"partitions=" + this.orders.partitions(), "batch=" + this.orders.batch()));
			this.program = WithHttp.floor(this.folder, FloorEmbedded.class, List.of("/target/classes"), arguments);
		}
		return this.program;
	}

	@Override
	public void store(Orders like, int from, int to) throws Exception {
		Program running = this.program;
		if (this.database == null && running != null) {
			Files.deleteIfExists(this.folder.resolve(LogOrders.STORED));
			LogOrders.ask(this.folder, like, from, to);
			long deadline = System.nanoTime() + PATIENCE;
			while (!Integer.toString(to).equals(running.read(LogOrders.STORED))) {
				running.check();
				if (System.nanoTime() > deadline) {
					throw new IllegalStateException("No orders were stored, see " + this.folder);
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
			}
			return;
		}
		// The floor would look at all that is not committed, again and again.
		Program.paused((this.entrant == Entrant.FLOOR) ? running : null, () -> append(like, from, to));
	}

	private void append(Orders like, int from, int to) throws SQLException {
		try (Connection open = database()) {
			LogOrders.append(open, like, from, to);
			open.setAutoCommit(true);
			if (this.database != null && this.program == null && to > from) {
				try (Statement statement = open.createStatement()) {
					// Of empty tables it would tell that reading all of them is quickest.
					statement.execute("ANALYZE");
					statement.execute("CHECKPOINT");
				}
			}
		}
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
		return Check.count(open, EmbeddedGround.PROGRESS);
	}

	@Override
	public String observed() {
		return (this.database != null) ? "database=" + this.database.url() : "file=" + this.folder.resolve("observed");
	}

	@Override
	public Connection database() throws SQLException {
		return DriverManager.getConnection(
				(this.database != null) ? this.database.url() : EmbeddedGround.h2Url(this.folder),
				(this.database != null) ? "postgres" : "sa", "");
	}

	@Override
	public List<String> sample() throws SQLException {
		List<String> sample = new ArrayList<>();
		try (Connection open = database();
				Statement statement = open.createStatement();
				ResultSet partitions = statement
					.executeQuery("SELECT id * 1099511627776, next_offset FROM busbar_log_partition"
							+ " WHERE destination = 'order.accepted'");
				PreparedStatement query = open.prepareStatement("SELECT payload FROM busbar_log_record WHERE id = ?")) {
			while (partitions.next()) {
				long count = partitions.getLong(2);
				for (long i = 0; i < Math.min(count, SAMPLE); i++) {
					query.setLong(1, partitions.getLong(1) + i * count / Math.min(count, SAMPLE));
					try (ResultSet row = query.executeQuery()) {
						row.next();
						sample.add(new String(row.getBytes(1), StandardCharsets.UTF_8));
					}
				}
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
