package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL cluster with a folder and a port of its own, which trusts the user
 * {@code postgres}.
 */
final class PostgresqlCluster {

	private final Path folder;

	private final String control;

	private final List<String> prefix;

	private final int port;

	private final String encryption;

	PostgresqlCluster(Path programs, int port, @Nullable Certificates certificates) {
		this.control = programs.resolve("pg_ctl").toString();
		this.port = port;
		try {
			this.folder = Files.createTempDirectory("busbar-postgresql-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		// PostgreSQL refuses to run as root.
		boolean root = System.getProperty("user.name").equals("root");
		this.prefix = root ? List.of("runuser", "-u", "postgres", "--") : List.of();
		if (root) {
			Command.run("chown", "postgres", this.folder.toString());
		}
		run(programs.resolve("initdb").toString(), "-D", cluster(), "-A", "trust", "-U", "postgres", "-N");
		this.encryption = (certificates != null) ? encryption(certificates) : "";
	}

	// PostgreSQL takes no key that others can read.
	private String encryption(Certificates certificates) {
		run("install", "-m", "600", certificates.key().toString(), cluster() + "/server.key");
		return " -c ssl=on -c ssl_key_file=server.key -c ssl_cert_file=" + certificates.certificate();
	}

	int port() {
		return this.port;
	}

	void start() {
		if (!runs()) {
			run(this.control, "-D", cluster(), "-w", "-l", this.folder.resolve("log").toString(), "-o",
					"-p " + this.port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + this.folder
							+ this.encryption,
					"start");
		}
	}

	void stop() {
		run(this.control, "-D", cluster(), "-m", "fast", "stop");
	}

	/** As a crash: the cluster recovers from its log at the next start. */
	void kill() {
		if (runs()) {
			run(this.control, "-D", cluster(), "-m", "immediate", "stop");
		}
	}

	private boolean runs() {
		return Command.succeeds(whole(this.control, "-D", cluster(), "status"));
	}

	private String cluster() {
		return this.folder.resolve("cluster").toString();
	}

	private void run(String... command) {
		Command.run(whole(command));
	}

	private String[] whole(String... command) {
		List<String> whole = new ArrayList<>(this.prefix);
		whole.addAll(List.of(command));
		return whole.toArray(String[]::new);
	}

}
