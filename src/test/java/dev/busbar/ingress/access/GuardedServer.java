package dev.busbar.ingress.access;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.ingress.IngressApplication.Bus;
import dev.busbar.testing.Issuer;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A server with keys, users and JWTs, shared by the tests of who may do what.
 */
@SpringBootTest(classes = { IngressApplication.class, GuardedServer.Fixture.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "busbar.access.keys.publisher.scopes=publish",
				"busbar.access.keys.reader.scopes=read", "busbar.access.keys.operator.scopes=operate",
				"busbar.access.keys.shop.scopes=publish,read", "busbar.access.keys.shop.types=order.*",
				"busbar.access.keys.shop.sources=/shop,/shop/*", "busbar.access.keys.slow.scopes=publish",
				"busbar.access.keys.slow.rate-limit.events-per-second=1", "busbar.access.keys.slow.rate-limit.burst=3",
				"busbar.sources.dev.scheme=open", "busbar.sources.signed.scheme=github",
				"busbar.sources.signed.type={/event}", "busbar.sources.signed.id=digest",
				"busbar.sources.signed.rate-limit.events-per-second=1", "busbar.sources.signed.rate-limit.burst=3",
				"busbar.ingress.unverified-per-second=5", "busbar.access.users.ada.scopes=read,operate",
				"busbar.access.users.bob.scopes=publish", "management.endpoint.health.probes.enabled=true" })
abstract class GuardedServer {

	@Autowired
	Bus bus;

	@Autowired
	MovableClock clock;

	HttpTester http = new HttpTester(0);

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void secrets(DynamicPropertyRegistry registry) throws IOException {
		for (String name : List.of("publisher", "reader", "operator", "shop", "slow")) {
			registry.add("busbar.access.keys." + name + ".hash", () -> "{sha256}" + sha256(name + "-key"));
		}
		registry.add("busbar.access.keys.master", () -> "{sha256}" + sha256("master-key"));
		for (String name : List.of("ada", "bob")) {
			String hash = "{bcrypt}" + new BCryptPasswordEncoder(4).encode(name + "'s password");
			registry.add("busbar.access.users." + name + ".password", () -> hash);
		}
		registry.add("busbar.sources.signed.secrets[0]", () -> "a secret of the source");
		String issuer = Issuer.address();
		registry.add("spring.security.oauth2.resourceserver.jwt.public-key-location", () -> issuer);
	}

	@BeforeEach
	void startAnew() {
		this.http = new HttpTester(this.port);
		this.bus.published.clear();
		// All limits are full again.
		this.clock.advance(Duration.ofDays(1));
	}

	static String sha256(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The headers of a caller with a key, and more. */
	static String[] with(String caller, String... more) {
		List<String> headers = new ArrayList<>(List.of("X-API-Key", caller + "-key"));
		headers.addAll(List.of(more));
		return headers.toArray(String[]::new);
	}

	HttpResponse<String> webhook(String event, String... headers) {
		List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
		all.addAll(List.of(headers));
		return this.http.post("/webhook", "{\"event\":\"" + event + "\",\"orderId\":\"1\"}",
				all.toArray(String[]::new));
	}

	static String event(String type, String source) {
		return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"" + source + "\",\"type\":\"" + type
				+ "\",\"data\":{\"orderId\":\"1\"}}";
	}

	@Configuration(proxyBeanMethods = false)
	static class Fixture {

		@Bean
		MovableClock clock() {
			return new MovableClock();
		}

		@Bean
		Feed feed() {
			return new Feed();
		}

	}

	/** Reads who calls as a package does that may not import this one. */
	@RestController
	static class Feed {

		@GetMapping("/feed/who")
		CompletableFuture<String> who(Authentication caller) {
			return CompletableFuture.supplyAsync(() -> caller.getName() + " "
					+ caller.getAuthorities().stream().map(GrantedAuthority::getAuthority).sorted().toList());
		}

	}

	/** A clock that stands still until it is moved. */
	static class MovableClock extends Clock {

		private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));

		void advance(Duration duration) {
			this.now.updateAndGet((before) -> before.plus(duration));
		}

		@Override
		public Instant instant() {
			return this.now.get();
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
