package dev.busbar.egress.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;

import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.address.HostAddresses;
import dev.busbar.testing.Certificates;
import dev.busbar.testing.Receiver;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Webhooks to receivers that speak TLS: nothing of one is sent before the receiver has
 * shown a certificate that is trusted and in its name.
 */
class WebhookTlsTests {

	private final Receiver receiver = Receiver.secure(Certificates.shared().server());

	// Every name leads to the receiver.
	private final HostAddresses addresses = new HostAddresses(new AddressRules(List.of("127.0.0.0/8"), List.of()),
			(host) -> new InetAddress[] { InetAddress.getByName("127.0.0.1") }, System::nanoTime);

	@AfterEach
	void close() {
		this.addresses.close();
		this.receiver.close();
	}

	@Test
	void aReceiverWhoseCertificateIsTrustedGetsTheWebhook() {
		Attempt attempt = send(this.receiver.url(), Certificates.shared().client());
		assertThat(attempt.problem()).isEqualTo("status 200");
		assertThat(this.receiver.requests()).singleElement()
			.satisfies((request) -> assertThat(request.text()).isEqualTo("{}"));
	}

	@Test
	void aReceiverWhoseCertificateNobodyTrustedHasSignedGetsNothing() {
		refused(send(this.receiver.url(), null));
	}

	@Test
	void aReceiverWhoseCertificateIsForAnotherNameGetsNothing() {
		String named = "https://localhost:" + this.receiver.port() + "/hook";
		assertThat(send(named, Certificates.shared().client()).success()).isTrue();
		this.receiver.requests().clear();
		refused(send(named.replace("localhost", "other.example"), Certificates.shared().client()));
	}

	private void refused(Attempt attempt) {
		assertThat(attempt.success()).isFalse();
		assertThat(attempt.status()).isNull();
		assertThat(attempt.failure()).startsWith("SSL");
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> this.receiver.closed() == this.receiver.connections());
		assertThat(this.receiver.connections()).isPositive();
		assertThat(this.receiver.requests()).isEmpty();
	}

	private Attempt send(String url, @Nullable SSLContext trusted) {
		try (WebhookClient client = new WebhookClient(this.addresses,
				new WebhookClient.Settings(Duration.ofSeconds(30), 5, Duration.ofHours(1)), trusted,
				Clock.systemUTC())) {
			return client
				.send(new WebhookRequest(URI.create(url), Map.of("webhook-id", "msg_1"),
						"{}".getBytes(StandardCharsets.UTF_8)))
				.join();
		}
	}

}
