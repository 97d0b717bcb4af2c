package dev.busbar.testing;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The RabbitMQ of the machine, else one that is started of the installed program on a
 * free port.
 */
public final class RabbitServer {

	private static final String REMEDY = "No RabbitMQ for the tests: install it (apt-get install rabbitmq-server), "
			+ "or run one on 127.0.0.1:5672 with the user guest";

	private static final String DEFAULT_HOST = "/";

	private static @Nullable RabbitServer shared;

	private final int port;

	/** The node's name for {@code rabbitmqctl}, null for the default one. */
	private final @Nullable String node;

	private RabbitServer(int port, @Nullable String node) {
		this.port = port;
		this.node = node;
	}

	/** The server that all tests of this JVM share. */
	public static synchronized RabbitServer shared() {
		RabbitServer server = shared;
		if (server == null) {
			server = listens(5672) ? new RabbitServer(5672, null) : startOwn(null);
			shared = server;
		}
		return server;
	}

	/** A server of the caller's own, that speaks TLS alone. It ends with the JVM. */
	public static RabbitServer secured(Certificates certificates) {
		return startOwn(certificates);
	}

	public String address() {
		return "127.0.0.1:" + this.port;
	}

	/**
	 * Creates a virtual host in which guest may do anything.
	 * @return its name, or that of the default one if {@code rabbitmqctl} may not
	 */
	public String createVirtualHost(String name) {
		return (control("add_vhost", name) && control("set_permissions", "-p", name, "guest", ".*", ".*", ".*")) ? name
				: DEFAULT_HOST;
	}

	/** Deletes a virtual host with all that is in it; the default one stays. */
	public void deleteVirtualHost(String name) {
		if (!name.equals(DEFAULT_HOST)) {
			control("delete_vhost", name);
		}
	}

	private boolean control(String... command) {
		String[] whole = new String[command.length + 4];
		whole[0] = program("rabbitmqctl");
		whole[1] = "-q";
		whole[2] = "-t";
		whole[3] = "20";
		System.arraycopy(command, 0, whole, 4, command.length);
		if (this.node == null) {
			return Command.succeeds(whole);
		}
		String[] named = new String[whole.length + 2];
		named[0] = whole[0];
		named[1] = "-n";
		named[2] = this.node;
		System.arraycopy(whole, 1, named, 3, whole.length - 1);
		return Command.succeeds(named);
	}

	private static RabbitServer startOwn(@Nullable Certificates certificates) {
		Path program = Path.of(program("rabbitmq-server"));
		if (!Files.isExecutable(program)) {
			throw new IllegalStateException(REMEDY);
		}
		int port = FreePort.find();
		String node = "busbar" + port + "@localhost";
		try {
			Path folder = Files.createTempDirectory("busbar-rabbitmq-");
			// The program hands over to the user rabbitmq when root calls it.
			folder.toFile().setWritable(true, false);
			folder.toFile().setExecutable(true, false);
			folder.toFile().setReadable(true, false);
			ProcessBuilder builder = new ProcessBuilder(program.toString()).redirectErrorStream(true)
				.redirectOutput(Redirect.to(folder.resolve("start.log").toFile()));
			builder.environment().put("RABBITMQ_NODENAME", node);
			// The machine's own configuration would outrank RABBITMQ_NODE_PORT.
			Path configuration = Files.writeString(folder.resolve("rabbitmq.conf"), configuration(port, certificates));
			builder.environment().put("RABBITMQ_CONFIG_FILE", configuration.toString());
			builder.environment()
				.put("RABBITMQ_CONF_ENV_FILE", Files.createFile(folder.resolve("environment")).toString());
			builder.environment().put("RABBITMQ_DIST_PORT", Integer.toString(FreePort.find()));
			builder.environment().put("RABBITMQ_MNESIA_BASE", folder.toString());
			builder.environment().put("RABBITMQ_LOG_BASE", folder.toString());
			Process process = builder.start();
			RabbitServer server = new RabbitServer(port, node);
			Runtime.getRuntime().addShutdownHook(new Thread(() -> {
				server.control("stop");
				process.destroy();
			}));
			Awaitility.await("RabbitMQ on port " + port + ", see " + folder)
				.atMost(Duration.ofSeconds(120))
				.failFast("RabbitMQ ended at its start, see " + folder, () -> !process.isAlive())
				.until(() -> listens(port));
			return server;
		}
		catch (IOException ex) {
			throw new IllegalStateException(REMEDY, ex);
		}
	}

	private static String configuration(int port, @Nullable Certificates certificates) {
		return (certificates == null) ? "listeners.tcp.local = 127.0.0.1:" + port + "\n" : """
				listeners.tcp = none
				listeners.ssl.local = 127.0.0.1:%d
				ssl_options.cacertfile = %s
				ssl_options.certfile = %s
				ssl_options.keyfile = %s
				""".formatted(port, certificates.authority(), certificates.certificate(), certificates.key());
	}

	private static String program(String name) {
		Path system = Path.of("/usr/sbin", name);
		return Files.isExecutable(system) ? system.toString() : "/usr/lib/rabbitmq/bin/" + name;
	}

	private static boolean listens(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
