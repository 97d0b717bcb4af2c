package dev.busbar.bus.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.busbar.bus.BrokerProbe;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * Connects to one of the bootstrap servers, and only then asks it for the cluster with
 * Kafka's own client, which would fill the log while nobody listens.
 */
final class KafkaBrokerProbe implements BrokerProbe, DisposableBean {

	/** Of one request: longer than a probe waits, else a slow handshake never ends. */
	private static final int REQUEST = 10_000;

	/**
	 * For the first answer to a new client: on a busy machine a cold one took more than a
	 * second, and a healthy start then called the broker away. A broker that is away
	 * refuses the connection before.
	 */
	private static final Duration FIRST_PATIENCE = Duration.ofSeconds(5);

	private static final long LEAST = 100;

	private static final int LAST_PORT = 65_535;

	private final List<String> addresses;

	private final Map<String, Object> config;

	private final Duration patience;

	private @Nullable Admin admin;

	private @Nullable KafkaFuture<String> pending;

	/**
	 * Creates a probe that has not connected.
	 * @param addresses the bootstrap servers
	 * @param config of the client
	 * @param patience how long each of the two steps waits
	 */
	KafkaBrokerProbe(List<String> addresses, Map<String, Object> config, Duration patience) {
		this.addresses = List.copyOf(addresses);
		this.patience = patience;
		this.config = new HashMap<>(config);
		this.config.put(AdminClientConfig.CLIENT_ID_CONFIG, "busbar-probe");
		this.config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST);
		this.config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST);
	}

	@Override
	public String address() {
		return String.join(",", this.addresses);
	}

	@Override
	public synchronized void probe() throws Exception {
		try {
			connect();
			ask();
		}
		catch (TimeoutException ex) {
			// The client goes on with its handshake; the next probe asks for the same
			// answer.
			throw new IOException("it listens, but has not answered as Kafka within " + this.patience.toMillis()
					+ " ms; if it needs longer, raise busbar.kafka.probe-timeout", ex);
		}
		catch (Exception ex) {
			close();
			throw ex;
		}
	}

	@Override
	public synchronized void destroy() {
		close();
	}

	private void connect() throws IOException {
		IOException failure = null;
		long timeout = Math.max(LEAST, this.patience.toMillis() / Math.max(1, this.addresses.size()));
		for (String address : this.addresses) {
			try (Socket socket = new Socket()) {
				socket.connect(resolve(address), Math.toIntExact(timeout));
				return;
			}
			catch (IOException ex) {
				failure = ex;
			}
		}
		throw (failure != null) ? failure : new IOException("no bootstrap server is configured");
	}

	private static InetSocketAddress resolve(String address) throws IOException {
		String host = Utils.getHost(address);
		Integer port = Utils.getPort(address);
		if (host == null || host.isEmpty() || port == null || port > LAST_PORT) {
			throw new IOException("'" + address + "' is no address of a bootstrap server; write host:port, such as "
					+ "127.0.0.1:9092, in spring.kafka.bootstrap-servers");
		}
		return new InetSocketAddress(host, port);
	}

	private void ask() throws Exception {
		Admin client = this.admin;
		boolean first = client == null;
		if (client == null) {
			client = Admin.create(this.config);
			this.admin = client;
		}
		KafkaFuture<String> answer = this.pending;
		if (answer == null) {
			answer = client.describeCluster().clusterId();
			this.pending = answer;
		}
		try {
			Duration wait = (first && FIRST_PATIENCE.compareTo(this.patience) > 0) ? FIRST_PATIENCE : this.patience;
			answer.get(wait.toMillis(), TimeUnit.MILLISECONDS);
			this.pending = null;
		}
		catch (ExecutionException ex) {
			throw new IOException("it listens, but does not answer as Kafka", ex);
		}
	}

	private void close() {
		Admin client = this.admin;
		this.admin = null;
		this.pending = null;
		if (client != null) {
			client.close(Duration.ZERO);
		}
	}

}
