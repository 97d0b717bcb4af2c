package dev.busbar.egress.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.address.HostAddresses;
import dev.busbar.ingress.HttpTester;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The names of receivers when subscriptions are created and changed, where no network but
 * the public one is allowed.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = SubscriptionsOverHttpTests.Application.class,
		properties = { "spring.datasource.url=jdbc:h2:mem:subscription-addresses;DB_CLOSE_DELAY=-1",
				"server.address=127.0.0.1", "busbar.feed.enabled=true" })
@Import(SubscriptionAddressesTests.Names.class)
class SubscriptionAddressesTests {

	private final HttpTester http;

	private final String name = "s-" + UUID.randomUUID().toString().substring(0, 8);

	SubscriptionAddressesTests(@LocalServerPort int port) {
		this.http = new HttpTester(port);
	}

	@ParameterizedTest
	@CsvSource({ "http://localhost:9/, not public", "https://inside.example/hook, not public",
			"https://mixed.example/, not public", "https://nobody.example/, has no address" })
	void aNameThatLeadsInsideOrNowhereIsRefused(String url, String detail) {
		assertThat(problem(send("POST", "/subscriptions", body(url)), 422, "invalid-subscription").path("detail")
			.asString()).contains(detail);
		problem(this.http.get("/subscriptions/" + this.name), 404, "unknown-subscription");
		assertThat(send("POST", "/subscriptions", body("https://public.example/hook")).statusCode()).isEqualTo(201);
		assertThat(problem(send("PATCH", "/subscriptions/" + this.name, "{\"url\":\"" + url + "\"}"), 422,
				"invalid-subscription")
			.path("detail")
			.asString()).contains(detail);
		assertThat(this.http.get("/subscriptions/" + this.name).body())
			.contains("\"url\":\"https://public.example/hook\"");
	}

	private String body(String url) {
		return "{\"name\":\"" + this.name + "\",\"url\":\"" + url + "\",\"types\":[\"*\"]}";
	}

	private HttpResponse<String> send(String method, String path, String body) {
		return this.http.send(method, path, body.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
	}

	/** A name server for names that end with example. */
	@TestConfiguration(proxyBeanMethods = false)
	static class Names {

		@Bean
		@Primary
		HostAddresses names(AddressRules rules) {
			return new HostAddresses(rules, Names::addresses, System::nanoTime);
		}

		private static InetAddress[] addresses(String host) throws UnknownHostException {
			return switch (host) {
				case "public.example" -> InetAddress.getAllByName("8.8.8.8");
				case "inside.example" -> InetAddress.getAllByName("10.0.0.1");
				case "mixed.example" ->
					new InetAddress[] { InetAddress.getByName("8.8.8.8"), InetAddress.getByName("127.0.0.1") };
				case "nobody.example" -> throw new UnknownHostException(host);
				default -> InetAddress.getAllByName(host);
			};
		}

	}

}
