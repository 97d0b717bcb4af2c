package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of the machine, if it lets the user {@code postgres} in without a
 * password, else one that is started of the installed programs on a free port, else one
 * in a container.
 */
public final class PostgresqlServer implements Server {

	private static final String REMEDY = "No PostgreSQL for the tests: install it (apt-get install postgresql), "
			+ "start Docker, or run one on 127.0.0.1:5432 that trusts the user postgres";

	private static final String OWN = "No PostgreSQL that the tests can stop, kill or have speak TLS: "
			+ "install it (apt-get install postgresql)";

	private static final DockerContainer DOCKER = new DockerContainer("docker");

	private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");

	private static @Nullable PostgresqlServer shared;

	private final int port;

	/** Null for the machine's own, which is nobody's to stop. */
	private final @Nullable PostgresqlCluster cluster;

	private PostgresqlServer(int port, @Nullable PostgresqlCluster cluster) {
		this.port = port;
		this.cluster = cluster;
	}

	/** The server that all tests of this JVM share. */
	public static synchronized PostgresqlServer shared() {
		PostgresqlServer server = shared;
		if (server == null) {
			server = new PostgresqlServer(5432, null);
			if (!server.answers()) {
				server = (installed() || !DOCKER.available()) ? own() : contained();
			}
			shared = server;
		}
		return server;
	}

	private static boolean installed() {
		return Files.isDirectory(PROGRAMS);
	}

	private static PostgresqlServer contained() {
		return new PostgresqlServer(DOCKER.start("postgres:17", 5432,
				(port) -> new PostgresqlServer(port, null).answers(), "--env", "POSTGRES_HOST_AUTH_METHOD=trust"),
				null);
	}

	/** A server of the caller's own, that can speak TLS. It ends with the JVM. */
	public static PostgresqlServer secured(Certificates certificates) {
		return start(certificates);
	}

	/** Creates a database with a name of its own. */
	public Database createDatabase() {
		String name = "busbar_" + UUID.randomUUID().toString().replace("-", "");
		execute("CREATE DATABASE " + name);
		return new Database(name, url(name));
	}

	/** Creates a copy of a database to which nobody is connected. */
	public Database copy(Database source) {
		String name = "busbar_" + UUID.randomUUID().toString().replace("-", "");
		execute("CREATE DATABASE " + name + " TEMPLATE " + source.name);
		return new Database(name, url(name));
	}

	private boolean answers() {
		try (Connection connection = DriverManager.getConnection(url("postgres") + "&loginTimeout=3")) {
			return connection.isValid(3);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	private String url(String database) {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/" + database + "?user=postgres";
	}

	private void execute(String sql) {
		try (Connection connection = DriverManager.getConnection(url("postgres"));
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(sql, ex);
		}
	}

	/** A server of the caller's own, empty and running. */
	public static PostgresqlServer own() {
		return start(null);
	}

	private static PostgresqlServer start(@Nullable Certificates certificates) {
		PostgresqlCluster cluster = new PostgresqlCluster(programs(), FreePort.find(), certificates);
		cluster.start();
		Runtime.getRuntime().addShutdownHook(new Thread(cluster::kill));
		return new PostgresqlServer(cluster.port(), cluster);
	}

	@Override
	public void start() {
		owned().start();
	}

	@Override
	public void stop() {
		owned().stop();
	}

	@Override
	public void kill() {
		owned().kill();
	}

	private PostgresqlCluster owned() {
		if (this.cluster == null) {
			throw new IllegalStateException("The PostgreSQL on port " + this.port + " is not the tests' own");
		}
		return this.cluster;
	}

	private static Path programs() {
		if (!Files.isDirectory(PROGRAMS)) {
			throw new IllegalStateException(OWN);
		}
		try (Stream<Path> versions = Files.list(PROGRAMS)) {
			return versions.map((version) -> version.resolve("bin"))
				.filter((bin) -> Files.isExecutable(bin.resolve("initdb")))
				.max(Comparator.naturalOrder())
				.orElseThrow(() -> new IllegalStateException(OWN));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A database that is dropped when it is closed.
	 */
	public final class Database implements AutoCloseable {

		private final String name;

		private final String url;

		private Database(String name, String url) {
			this.name = name;
			this.url = url;
		}

		/** The JDBC URL, user included. */
		public String url() {
			return this.url;
		}

		@Override
		public void close() {
			execute("DROP DATABASE IF EXISTS " + this.name + " WITH (FORCE)");
		}

	}

}
