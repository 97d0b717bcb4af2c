package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of the machine, if it lets the user {@code postgres} in without a
 * password, else one that is started of the installed programs on a free port.
 */
public final class PostgresqlServer {

	private static final String REMEDY = "No PostgreSQL for the tests: install it (apt-get install postgresql), "
			+ "or run one on 127.0.0.1:5432 that trusts the user postgres";

	private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");

	private static @Nullable PostgresqlServer shared;

	private final int port;

	private PostgresqlServer(int port) {
		this.port = port;
	}

	/** The server that all tests of this JVM share. */
	public static synchronized PostgresqlServer shared() {
		PostgresqlServer server = shared;
		if (server == null) {
			server = new PostgresqlServer(5432);
			if (!server.answers()) {
				server = startOwn(null);
			}
			shared = server;
		}
		return server;
	}

	/** A server of the caller's own, that can speak TLS. It ends with the JVM. */
	public static PostgresqlServer secured(Certificates certificates) {
		return startOwn(certificates);
	}

	/** Creates a database with a name of its own. */
	public Database createDatabase() {
		String name = "busbar_" + UUID.randomUUID().toString().replace("-", "");
		execute("CREATE DATABASE " + name);
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

	private static PostgresqlServer startOwn(@Nullable Certificates certificates) {
		Path programs = programs();
		try {
			Path data = Files.createTempDirectory("busbar-postgresql-");
			int port = FreePort.find();
			List<String> prefix = new ArrayList<>();
			if (System.getProperty("user.name").equals("root")) {
				// PostgreSQL refuses to run as root.
				Command.run("chown", "postgres", data.toString());
				prefix.addAll(List.of("runuser", "-u", "postgres", "--"));
			}
			String cluster = data.resolve("cluster").toString();
			run(prefix, programs.resolve("initdb").toString(), "-D", cluster, "-A", "trust", "-U", "postgres", "-N");
			String control = programs.resolve("pg_ctl").toString();
			run(prefix, control, "-D", cluster, "-w", "-l", data.resolve("log").toString(), "-o",
					"-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + data
							+ encryption(cluster, prefix, certificates),
					"start");
			Runtime.getRuntime()
				.addShutdownHook(new Thread(() -> run(prefix, control, "-D", cluster, "-m", "immediate", "stop")));
			return new PostgresqlServer(port);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	// PostgreSQL takes no key that others can read.
	private static String encryption(String cluster, List<String> prefix, @Nullable Certificates certificates) {
		if (certificates == null) {
			return "";
		}
		run(prefix, "install", "-m", "600", certificates.key().toString(), cluster + "/server.key");
		return " -c ssl=on -c ssl_key_file=server.key -c ssl_cert_file=" + certificates.certificate();
	}

	private static Path programs() {
		if (!Files.isDirectory(PROGRAMS)) {
			throw new IllegalStateException(REMEDY);
		}
		try (Stream<Path> versions = Files.list(PROGRAMS)) {
			return versions.map((version) -> version.resolve("bin"))
				.filter((bin) -> Files.isExecutable(bin.resolve("initdb")))
				.max(Comparator.naturalOrder())
				.orElseThrow(() -> new IllegalStateException(REMEDY));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void run(List<String> prefix, String... command) {
		List<String> whole = new ArrayList<>(prefix);
		whole.addAll(List.of(command));
		Command.run(whole.toArray(String[]::new));
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
