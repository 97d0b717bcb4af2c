package dev.busbar.bus.rabbit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import dev.busbar.bus.BrokerProbe;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * Holds a connection of its own to the broker: as long as that is open, the broker is
 * there, and probing it only asks for the queues that must be there.
 */
class RabbitBrokerProbe implements BrokerProbe, DisposableBean {

	private static final int TIMEOUT = 1000;

	/** Classes are loaded and the machine is busy while the application starts. */
	private static final int FIRST_TIMEOUT = 5000;

	private final CachingConnectionFactory connections;

	private final List<com.rabbitmq.client.Address> addresses;

	private final OwnQueues queues;

	private com.rabbitmq.client.@Nullable Connection connection;

	private boolean answered;

	RabbitBrokerProbe(CachingConnectionFactory connections, List<String> addresses, OwnQueues queues) {
		this.queues = queues;
		this.connections = connections;
		this.addresses = addresses.stream().map(com.rabbitmq.client.Address::parseAddress).toList();
	}

	@Override
	public String address() {
		String scheme = this.connections.getRabbitConnectionFactory().isSSL() ? "amqps://" : "amqp://";
		return scheme + String.join(",", this.addresses.stream().map(Object::toString).toList())
				+ ("/".equals(this.connections.getVirtualHost()) ? "" : "/" + this.connections.getVirtualHost());
	}

	@Override
	public synchronized void probe() throws Exception {
		if (this.connection == null || !this.connection.isOpen()) {
			this.connection = connect();
		}
		this.queues.check(this.connection);
	}

	private com.rabbitmq.client.Connection connect() throws Exception {
		int patience = this.answered ? TIMEOUT : FIRST_TIMEOUT;
		ConnectionFactory factory = this.connections.getRabbitConnectionFactory().clone();
		factory.setConnectionTimeout(patience);
		factory.setHandshakeTimeout(patience);
		factory.setChannelRpcTimeout(patience);
		factory.setRequestedHeartbeat(5);
		factory.setAutomaticRecoveryEnabled(false);
		try {
			com.rabbitmq.client.Connection opened = factory.newConnection(this.addresses, "busbar-probe");
			this.answered = true;
			return opened;
		}
		catch (TimeoutException ex) {
			throw new IOException("it has not answered within " + patience + " ms", ex);
		}
		catch (PossibleAuthenticationFailureException ex) {
			throw new IOException("it refuses the user '" + factory.getUsername()
					+ "'; check spring.rabbitmq.username, password and virtual-host", ex);
		}
	}

	@Override
	public synchronized void destroy() {
		if (this.connection != null) {
			this.connection.abort(TIMEOUT);
		}
	}

}
