package dev.busbar.binder.jdbc;

import dev.busbar.binder.jdbc.log.LogTopology;
import dev.busbar.binder.jdbc.properties.JdbcConsumerProperties;
import dev.busbar.binder.jdbc.properties.JdbcProducerProperties;

import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.provisioning.ConsumerDestination;
import org.springframework.cloud.stream.provisioning.ProducerDestination;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.cloud.stream.provisioning.ProvisioningProvider;

/**
 * Creates destinations when they are bound, and the groups that a producer requires.
 */
final class JdbcDestinationProvisioner implements
		ProvisioningProvider<ExtendedConsumerProperties<JdbcConsumerProperties>, ExtendedProducerProperties<JdbcProducerProperties>> {

	private static final int MAX_NAME = 255;

	private final LogTopology topology;

	JdbcDestinationProvisioner(LogTopology topology) {
		this.topology = topology;
	}

	@Override
	public ProducerDestination provisionProducerDestination(String name,
			ExtendedProducerProperties<JdbcProducerProperties> properties) {
		check(name);
		this.topology.ensurePartitions(name, Math.max(1, properties.getPartitionCount()));
		for (String group : properties.getRequiredGroups()) {
			check(group);
			this.topology.ensureGroup(name, group, true, false);
		}
		return new Destination(name);
	}

	@Override
	public ConsumerDestination provisionConsumerDestination(String name, String group,
			ExtendedConsumerProperties<JdbcConsumerProperties> properties) {
		check(name);
		if (group != null) {
			check(group);
		}
		return new Destination(name);
	}

	private static void check(String name) {
		if (name.length() > MAX_NAME) {
			throw new ProvisioningException("The name '" + name + "' has " + name.length()
					+ " characters; destinations and groups of the jdbc binder have at most " + MAX_NAME + ".");
		}
	}

	private record Destination(String name) implements ProducerDestination, ConsumerDestination {

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public String getNameForPartition(int partition) {
			return this.name;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
