package dev.busbar.bus.rabbit;

import java.io.IOException;
import java.util.List;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import dev.busbar.bus.BrokerProbe;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * Holds a connection of its own to the broker: as long as that is open, the broker is
 * there and probing it costs nothing.
 */
class RabbitBrokerProbe implements BrokerProbe, DisposableBean {

	private static final int TIMEOUT = 1000;

	private final CachingConnectionFactory connections;

	private final List<com.rabbitmq.client.Address> addresses;

	private com.rabbitmq.client.@Nullable Connection connection;

	RabbitBrokerProbe(CachingConnectionFactory connections, List<String> addresses) {
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
		if (this.connection != null && this.connection.isOpen()) {
			return;
		}
		ConnectionFactory factory = this.connections.getRabbitConnectionFactory().clone();
		factory.setConnectionTimeout(TIMEOUT);
		factory.setHandshakeTimeout(TIMEOUT);
		factory.setChannelRpcTimeout(TIMEOUT);
		factory.setRequestedHeartbeat(5);
		factory.setAutomaticRecoveryEnabled(false);
		try {
			this.connection = factory.newConnection(this.addresses, "busbar-probe");
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
