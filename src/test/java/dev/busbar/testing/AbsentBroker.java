package dev.busbar.testing;

import java.util.List;

/**
 * A broker that is not there yet, at a known address.
 *
 * @param address where it will be
 * @param arguments the application's arguments
 * @param appear lets the broker be there
 * @param end ends it
 */
public record AbsentBroker(String address, List<String> arguments, Runnable appear,
		Runnable end) implements AutoCloseable {

	/** RabbitMQ behind a gate that is closed. */
	public static AbsentBroker rabbit() {
		RabbitServer server = RabbitServer.shared();
		TcpGate gate = new TcpGate(server.port());
		Broker broker = Broker.rabbit();
		String address = "127.0.0.1:" + gate.port();
		return new AbsentBroker(address,
				broker.arguments().stream().map((argument) -> argument.replace(server.address(), address)).toList(),
				gate::open, () -> {
					gate.close();
					broker.close();
				});
	}

	/** A Kafka of the caller's own that has not been started. */
	public static AbsentBroker kafka() {
		KafkaProcess kafka = KafkaProcess.onPort(FreePort.find());
		return new AbsentBroker(kafka.address(),
				List.of("--spring.profiles.active=kafka", "--spring.kafka.bootstrap-servers=" + kafka.address()),
				kafka::start, kafka::close);
	}

	@Override
	public void close() {
		this.end.run();
	}

}
