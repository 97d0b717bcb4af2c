package dev.busbar.bus.rabbit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Binding.DestinationType;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.ExchangeBuilder;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Leads what foreign clients publish to a stream's exchange into a group's first
 * partition, whatever its routing key. A topic exchange cannot bind "all other keys", and
 * binding {@code #} would double the events of other partitions. So everything goes on to
 * an exchange of the group, whose alternate exchange takes what names no partition. The
 * stream's exchange itself stays one that any client may declare, without arguments.
 */
class PartitionExchanges implements DisposableBean {

	private final ConnectionFactory connections;

	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable GenericApplicationContext declarations;

	private @Nullable RabbitAdmin admin;

	PartitionExchanges(ConnectionFactory connections) {
		this.connections = connections;
	}

	/**
	 * Declares the exchanges of a group, now and after each loss of the connection.
	 * @param exchange the stream's exchange
	 * @param key the routing key of its partitions, without their number
	 * @param groupQueue the name of the group's queues, without the partition
	 * @param partitions their number
	 */
	void declare(String exchange, String key, String groupQueue, int partitions) {
		Exchange rest = ExchangeBuilder.fanoutExchange(groupQueue + ".other").durable(true).internal().build();
		Exchange group = new ExchangeBuilder(groupQueue, "direct").durable(true)
			.internal()
			.alternate(rest.getName())
			.build();
		Collection<Declarable> all = new ArrayList<>(
				List.of(rest, group, new Binding(groupQueue + "-0", DestinationType.QUEUE, rest.getName(), "", null)));
		for (int i = 0; i < partitions; i++) {
			all.add(new Binding(groupQueue + "-" + i, DestinationType.QUEUE, group.getName(), key + "-" + i, null));
		}
		all.add(new Binding(group.getName(), DestinationType.EXCHANGE, exchange, "#", null));
		this.lock.lock();
		try {
			declareAll(groupQueue, new Declarables(all));
		}
		finally {
			this.lock.unlock();
		}
	}

	private void declareAll(String name, Declarables declarables) {
		if (this.admin == null || this.declarations == null) {
			// Not earlier: what it declares again after a loss of the connection needs
			// the queues, which the binder's own admin declares.
			this.declarations = new GenericApplicationContext();
			this.declarations.refresh();
			this.admin = new RabbitAdmin(this.connections);
			this.admin.setApplicationContext(this.declarations);
			this.admin.afterPropertiesSet();
		}
		if (!this.declarations.containsBean(name)) {
			this.declarations.getBeanFactory().registerSingleton(name, declarables);
		}
		try {
			// Not all of them by initialize(): with each stream that would be one more.
			declarables.getDeclarablesByType(Exchange.class).forEach(this.admin::declareExchange);
			declarables.getDeclarablesByType(Binding.class).forEach(this.admin::declareBinding);
		}
		catch (AmqpConnectException ex) {
			// Declared when the connection is there.
		}
	}

	@Override
	public void destroy() {
		if (this.declarations != null) {
			this.declarations.close();
		}
	}

}
