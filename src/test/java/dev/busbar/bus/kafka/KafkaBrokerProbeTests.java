package dev.busbar.bus.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class KafkaBrokerProbeTests {

	@ParameterizedTest
	@ValueSource(strings = { "kafka", "kafka:", ":9092", "kafka:port", "127.0.0.1:99999", "" })
	void anAddressThatIsNoneIsNamed(String address) {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> probe(address).probe())
			.withMessageContaining("'" + address + "'")
			.withMessageContaining("host:port");
	}

	@Test
	void aBrokerThatAnswersSlowlyIsAskedByTheSameClientUntilItDoes() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			KafkaBrokerProbe probe = probe("127.0.0.1:" + server.getLocalPort());
			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(IOException.class).isThrownBy(probe::probe)
					.withMessageContaining("busbar.kafka.probe-timeout");
			}
			// One connection of the client, beside the first step's of each probe.
			List<Socket> accepted = new ArrayList<>();
			int talking = 0;
			server.setSoTimeout(60_000);
			for (int i = 0; i < 4; i++) {
				Socket socket = server.accept();
				accepted.add(socket);
				socket.setSoTimeout(60_000);
				talking += (socket.getInputStream().read() >= 0) ? 1 : 0;
			}
			assertThat(talking).isEqualTo(1);
			server.setSoTimeout(300);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(server::accept);
			probe.destroy();
			for (Socket socket : accepted) {
				socket.close();
			}
		}
	}

	private static KafkaBrokerProbe probe(String address) {
		return new KafkaBrokerProbe(List.of(address), Map.of("bootstrap.servers", address), Duration.ofMillis(200));
	}

}
