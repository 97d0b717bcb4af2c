package dev.busbar.egress.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.address.HostAddresses;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.Receiver;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client against receivers that are not what one hopes for. The deadline is short
 * where it is waited for.
 */
class WebhookClientTests {

	private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

	private static final Duration SOON = Duration.ofMinutes(2);

	private final Receiver receiver = new Receiver();

	private final HostAddresses addresses = new HostAddresses(new AddressRules(List.of("127.0.0.0/8"), List.of()),
			InetAddress::getAllByName, System::nanoTime);

	private final WebhookClient client = client(this.addresses, Duration.ofSeconds(30));

	@AfterEach
	void close() {
		this.client.close();
		this.addresses.close();
		this.receiver.close();
	}

	private static WebhookClient client(HostAddresses addresses, Duration deadline) {
		return new WebhookClient(addresses, new WebhookClient.Settings(deadline, 50, Duration.ofHours(1)), null,
				Clock.fixed(NOW, ZoneOffset.UTC));
	}

	@Test
	void aWebhookIsSentAsItIsAndItsAnswerIsKept() {
		this.receiver.answering((request, out) -> out
			.write("HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfine\0"
				.getBytes(StandardCharsets.UTF_8)));
		Attempt attempt = send(this.receiver.url() + "?a=b%20c");
		assertThat(attempt.status()).isEqualTo(202);
		assertThat(attempt.success()).isTrue();
		assertThat(attempt.answer()).isEqualTo("fine\uFFFD");
		assertThat(attempt.failure()).isNull();
		Receiver.Request request = this.receiver.requests().get(0);
		assertThat(request.line()).isEqualTo("POST /hook?a=b%20c HTTP/1.1");
		assertThat(request.headers()).containsEntry("host", "127.0.0.1:" + this.receiver.port())
			.containsEntry("content-type", "application/cloudevents+json")
			.containsEntry("webhook-id", "msg_1")
			.containsEntry("user-agent", "Busbar")
			.doesNotContainKeys("accept-encoding", "cookie", "authorization", "upgrade");
		assertThat(request.text()).isEqualTo("{}");
	}

	@Test
	void aCookieIsNotSentBack() {
		this.receiver.status("200 OK", "Set-Cookie: a=b");
		send(this.receiver.url());
		send(this.receiver.url());
		assertThat(this.receiver.requests()).hasSize(2)
			.noneSatisfy((request) -> assertThat(request.headers()).containsKey("cookie"));
	}

	@Test
	void credentialsAreNotOfferedTwice() {
		this.receiver.status("401 Unauthorized", "WWW-Authenticate: Basic realm=x");
		assertThat(send(this.receiver.url()).status()).isEqualTo(401);
		assertThat(this.receiver.requests()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent" })
	void aRedirectIsNotFollowed(String status) {
		try (Receiver other = new Receiver()) {
			this.receiver.status(status, "Location: " + other.url());
			Attempt attempt = send(this.receiver.url());
			assertThat(attempt.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
			assertThat(attempt.success()).isFalse();
			assertThat(other.connections()).isZero();
		}
	}

	@Test
	void anAnswerThatDripsEndsByTheDeadlineAndItsConnectionWithIt() {
		this.receiver.answering((request, out) -> {
			out.write("HTTP/1.1 500 Oh\r\nContent-Length: 100000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			drip(out);
		});
		try (WebhookClient impatient = client(this.addresses, Duration.ofSeconds(2))) {
			Attempt attempt = impatient.send(request(this.receiver.url())).join();
			assertThat(attempt.status()).isEqualTo(500);
			assertThat(attempt.answer()).startsWith("xx").hasSizeLessThan(1000);
			Awaitility.await().atMost(SOON).until(() -> this.receiver.closed() == 1);
		}
	}

	@Test
	void anAnswerThatFallsSilentEndsByTheDeadlineAndItsConnectionWithIt() {
		for (String status : List.of("200 OK", "503 Busy")) {
			this.receiver.answering((request, out) -> {
				out.write(("HTTP/1.1 " + status + "\r\nContent-Length: 100000\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
				out.flush();
				request.awaitClose();
			});
			try (WebhookClient impatient = client(this.addresses, Duration.ofSeconds(2))) {
				int before = this.receiver.closed();
				assertThat(impatient.send(request(this.receiver.url())).join().status())
					.isEqualTo(Integer.parseInt(status.substring(0, 3)));
				Awaitility.await().atMost(SOON).until(() -> this.receiver.closed() == before + 1);
			}
		}
	}

	@Test
	void aHeadThatDripsEndsByTheDeadlineAndItsConnectionWithIt() {
		this.receiver.answering((request, out) -> drip(out));
		try (WebhookClient impatient = client(this.addresses, Duration.ofSeconds(2))) {
			Attempt attempt = impatient.send(request(this.receiver.url())).join();
			assertThat(attempt.status()).isNull();
			assertThat(attempt.failure()).isEqualTo("no answer within 2000 ms");
			Awaitility.await().atMost(SOON).until(() -> this.receiver.closed() == 1);
		}
	}

	private static void drip(OutputStream out) throws IOException, InterruptedException {
		while (true) {
			out.write('x');
			out.flush();
			Thread.sleep(20);
		}
	}

	@Test
	void noMoreThanSomeOfAnEndlessAnswerIsRead() {
		this.receiver.answering((request, out) -> {
			out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			byte[] block = "y".repeat(8192).getBytes(StandardCharsets.US_ASCII);
			while (true) {
				out.write(block);
			}
		});
		Attempt attempt = send(this.receiver.url());
		assertThat(attempt.status()).isEqualTo(200);
		assertThat(attempt.answer()).hasSize(4096);
		Awaitility.await().atMost(SOON).until(() -> this.receiver.closed() == 1);
	}

	@Test
	void endlessHeadersAreCutOff() {
		this.receiver.answering((request, out) -> {
			out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
			while (true) {
				out.write("X: y\r\n".getBytes(StandardCharsets.US_ASCII));
			}
		});
		assertThat(send(this.receiver.url()).success()).isFalse();
		Awaitility.await().atMost(SOON).until(() -> this.receiver.closed() == 1);
	}

	@Test
	void aCompressedAnswerIsNotUnpacked() throws IOException {
		ByteArrayOutputStream bomb = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
			gzip.write(new byte[10_000_000]);
		}
		this.receiver.answering((request, out) -> {
			out.write(("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: "
					+ bomb.size() + "\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			bomb.writeTo(out);
		});
		Attempt attempt = send(this.receiver.url());
		assertThat(attempt.success()).isTrue();
		assertThat(attempt.answer()).hasSizeLessThanOrEqualTo(4096).doesNotContain("\0");
	}

	@Test
	void retryAfterIsHonouredUpToAnHour() {
		assertThat(retryAfter("120")).isBetween(NOW.plusSeconds(120), NOW.plusSeconds(180));
		assertThat(retryAfter("999999999999")).isBetween(NOW.plusSeconds(3600), NOW.plusSeconds(3660));
		assertThat(retryAfter("Wed, 02 Jan 2030 03:14:05 GMT")).isEqualTo(NOW.plusSeconds(600));
		assertThat(retryAfter("soon")).isNull();
		assertThat(retryAfter("-5")).isNull();
		assertThat(retryAfter("Wed, 02 Jan 2029 03:14:05 GMT")).isNull();
	}

	private @Nullable Instant retryAfter(String value) {
		this.receiver.status("503 Busy", "Retry-After: " + value);
		return send(this.receiver.url()).notBefore();
	}

	@Test
	void aClosedPortIsAFailureWithoutAStatus() {
		Attempt attempt = send("http://127.0.0.1:" + FreePort.find() + "/");
		assertThat(attempt.status()).isNull();
		assertThat(attempt.failure()).contains("refused").doesNotContain("\n");
	}

	@Test
	void aConnectionThatIsClosedWithoutAnAnswerIsAFailure() {
		this.receiver.answering((request, out) -> {
		});
		assertThat(send(this.receiver.url()).status()).isNull();
		assertThat(this.receiver.connections()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "localhost", "0.0.0.0", "2130706433",
			"0x7f000001", "017700000001", "0177.0.0.1", "127.0.0.01", "[::127.0.0.1]", "[::ffff:7f00:1]",
			"[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "10.0.0.1",
			"172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1",
			"192.0.2.1", "168.63.129.16", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]",
			"[::]" })
	void whatIsNotAllowedIsNotEvenConnectedTo(String host) {
		try (HostAddresses strict = new HostAddresses(new AddressRules(List.of(), List.of()), InetAddress::getAllByName,
				System::nanoTime); WebhookClient guarded = client(strict, Duration.ofSeconds(30))) {
			Attempt attempt = guarded.send(request("http://" + host + ":" + this.receiver.port() + "/")).join();
			assertThat(attempt.status()).isNull();
			assertThat(attempt.failure()).contains("not public");
		}
		assertThat(this.receiver.connections()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.1", "127.0.0.1.", "localhost.", "ex_ample", "[fe80::1%25lo]" })
	void whatIsNoHostIsNotConnectedTo(String host) {
		Attempt attempt = send("http://" + host + ":" + this.receiver.port() + "/");
		assertThat(attempt.status()).isNull();
		assertThat(attempt.failure()).isNotEmpty();
		assertThat(this.receiver.connections()).isZero();
	}

	@Test
	void aNameThatTurnsToLoopbackBetweenCheckAndConnectionIsNotConnectedTo() {
		AtomicInteger lookups = new AtomicInteger();
		// Public at the first question, as when it was registered; then the attacker's
		// choice.
		try (HostAddresses rebound = new HostAddresses(new AddressRules(List.of(), List.of()), (host) -> {
			String address = (lookups.getAndIncrement() == 0) ? "192.175.48.1" : "127.0.0.1";
			return new InetAddress[] { InetAddress.getByName(address) };
		}, new NanosThatJump()::next); WebhookClient guarded = client(rebound, Duration.ofSeconds(5))) {
			assertThat(rebound.find("rebind.example").join()).hasSize(1);
			Attempt attempt = guarded.send(request("http://rebind.example:" + this.receiver.port() + "/")).join();
			assertThat(attempt.failure()).contains("not public");
			assertThat(lookups.get()).isGreaterThan(1);
		}
		assertThat(this.receiver.connections()).isZero();
	}

	@Test
	void manyAttemptsRunAtTheSameTime() {
		List<CompletableFuture<Attempt>> attempts = IntStream.range(0, 100)
			.mapToObj((i) -> this.client.send(request(this.receiver.url())))
			.toList();
		assertThat(attempts).allSatisfy((attempt) -> assertThat(attempt.join().success()).isTrue());
	}

	private Attempt send(String url) {
		return this.client.send(request(url)).join();
	}

	private static WebhookRequest request(String url) {
		return new WebhookRequest(URI.create(url),
				Map.of("webhook-id", "msg_1", "Content-Type", "application/cloudevents+json"),
				"{}".getBytes(StandardCharsets.UTF_8));
	}

	/** Each look at the clock is a minute later, so that no answer is fresh. */
	private static final class NanosThatJump {

		private long now;

		synchronized long next() {
			this.now += Duration.ofMinutes(1).toNanos();
			return this.now;
		}

	}

}
