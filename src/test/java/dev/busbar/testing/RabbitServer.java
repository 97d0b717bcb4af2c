package dev.busbar.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * The RabbitMQ of the machine, if this user may create virtual hosts in it, which Debian
 * lets only root do; else one that is started of the installed program on a free port, by
 * any user.
 */
public final class RabbitServer implements Server {

	private static final String REMEDY = "No RabbitMQ for the tests: install it (apt-get install rabbitmq-server), "
			+ "start Docker, or run one on 127.0.0.1:5672 with the user guest";

	private static final String OWN = "No RabbitMQ that the tests can stop, kill or have speak TLS: "
			+ "install it (apt-get install rabbitmq-server)";

	private static final String DEFAULT_HOST = "/";

	private static final DockerContainer DOCKER = new DockerContainer("docker");

	private static @Nullable RabbitServer shared;

	private final int port;

	/** Null for the machine's own, which is nobody's to stop. */
	private final @Nullable RabbitNode node;

	private RabbitServer(int port, @Nullable RabbitNode node) {
		this.port = port;
		this.node = node;
	}

	/** The server that all tests of this JVM share. */
	public static synchronized RabbitServer shared() {
		RabbitServer server = shared;
		if (server == null) {
			server = new RabbitServer(5672, null);
			if (!listens(5672)) {
				server = (installed() || !DOCKER.available()) ? own() : contained();
			}
			else if (installed() && !server.control("list_vhosts")) {
				server = own();
			}
			shared = server;
		}
		return server;
	}

	private static boolean installed() {
		return Files.isExecutable(Path.of(program("rabbitmq-server")));
	}

	/** It answers before it takes connections, so a client's handshake is waited for. */
	private static RabbitServer contained() {
		return new RabbitServer(DOCKER.start("rabbitmq:4.1", 5672, RabbitServer::greets), null);
	}

	private static boolean greets(int port) {
		try (Connection connection = connections(port).newConnection("busbar-tests")) {
			return connection.isOpen();
		}
		catch (IOException | TimeoutException ex) {
			return false;
		}
	}

	private static ConnectionFactory connections(int port) {
		ConnectionFactory factory = new ConnectionFactory();
		factory.setPort(port);
		return factory;
	}

	/** A server of the caller's own, empty and running. */
	public static RabbitServer own() {
		return start(null);
	}

	/** A server of the caller's own, that speaks TLS alone. It ends with the JVM. */
	public static RabbitServer secured(Certificates certificates) {
		return start(certificates);
	}

	private static RabbitServer start(@Nullable Certificates certificates) {
		Path program = Path.of(program("rabbitmq-server"));
		if (!Files.isExecutable(program)) {
			throw new IllegalStateException(OWN);
		}
		int port = FreePort.find();
		RabbitServer server = new RabbitServer(port, new RabbitNode(program, port, configuration(port, certificates)));
		server.start();
		Runtime.getRuntime().addShutdownHook(new Thread(server::kill));
		return server;
	}

	@Override
	public void start() {
		owned().start(() -> listens(this.port));
	}

	@Override
	public void stop() {
		control("stop");
		owned().awaitEnd();
	}

	@Override
	public void kill() {
		owned().kill();
	}

	private RabbitNode owned() {
		if (this.node == null) {
			throw new IllegalStateException("The RabbitMQ on port " + this.port + " is not the tests' own");
		}
		return this.node;
	}

	public int port() {
		return this.port;
	}

	public String address() {
		return "127.0.0.1:" + this.port;
	}

	/**
	 * Creates a virtual host in which guest may do anything.
	 * @return its name, or that of the default one where RabbitMQ is not installed but
	 * runs in a container, which {@code rabbitmqctl} does not reach
	 */
	public String createVirtualHost(String name) {
		if (control("add_vhost", name) && control("set_permissions", "-p", name, "guest", ".*", ".*", ".*")) {
			return name;
		}
		if (installed()) {
			throw new IllegalStateException(
					"rabbitmqctl cannot add the virtual host " + name + " to the RabbitMQ at " + address());
		}
		System.err.println("rabbitmqctl does not reach the RabbitMQ at " + address()
				+ ": the tests share its virtual host '/', with what others left there");
		return DEFAULT_HOST;
	}

	/** Creates a user who may do anything in a virtual host. */
	public void createUser(String name, String password, String host) {
		if (!control("add_user", name, password) || !control("set_permissions", "-p", host, name, ".*", ".*", ".*")) {
			throw new IllegalStateException("rabbitmqctl cannot add the user " + name);
		}
	}

	/** Deletes a virtual host with all that is in it; the default one stays. */
	public void deleteVirtualHost(String name) {
		if (!name.equals(DEFAULT_HOST)) {
			control("delete_vhost", name);
		}
	}

	private boolean control(String... command) {
		List<String> whole = new ArrayList<>(List.of(program("rabbitmqctl"), "-q", "-t", "60"));
		if (this.node != null) {
			whole.addAll(List.of("-n", this.node.name()));
		}
		whole.addAll(List.of(command));
		return Command.succeeds(whole.toArray(String[]::new));
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
		// Debian's wrapper hands over to the user rabbitmq, and refuses all but root.
		return ("root".equals(System.getProperty("user.name")) && Files.isExecutable(system)) ? system.toString()
				: "/usr/lib/rabbitmq/bin/" + name;
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
