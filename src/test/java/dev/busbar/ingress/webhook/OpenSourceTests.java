package dev.busbar.ingress.webhook;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.ingress.webhook.source.SourceConfigurationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Sources where no API key is configured, and what stops a start.
 */
@ExtendWith(OutputCaptureExtension.class)
class OpenSourceTests {

	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final String SOME = "{\"type\":\"some_event\"}";

	private @Nullable ConfigurableApplicationContext application;

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--server.address=0.0.0.0", "--server.address=" })
	void anOpenSourceWhereOthersReachItStopsTheStart(String address, CapturedOutput output) {
		assertThatThrownBy(() -> start(address, "--busbar.access.open=true", "--busbar.sources.dev.scheme=open"))
			.rootCause()
			.isInstanceOf(SourceConfigurationException.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The source of webhooks 'dev' has the scheme 'open'")
			.contains("server.address=127.0.0.1")
			.doesNotContain("\tat ");
	}

	@Test
	void aWrongSourceStopsTheStartAndItsSecretIsNotShown(CapturedOutput output) {
		assertThatThrownBy(() -> start("--server.address=127.0.0.1", "--busbar.sources.std.scheme=standard-webhooks",
				"--busbar.sources.std.secrets=whsec_canary!"))
			.rootCause()
			.isInstanceOf(SourceConfigurationException.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'busbar.sources.std.secrets[0]' is no symmetric secret of Standard Webhooks")
			.contains("Write it as whsec_")
			.doesNotContain("canary");
	}

	@Test
	void withoutKeysAnOpenSourceIsForThisMachineAndASignedOneForAll() throws Exception {
		HttpTester http = start("--server.address=127.0.0.1", "--busbar.sources.dev.scheme=open",
				"--busbar.sources.std.scheme=standard-webhooks", "--busbar.sources.std.secrets=" + SECRET);
		assertThat(http.post("/webhooks/dev", SOME, "Content-Type", "application/json").statusCode()).isEqualTo(200);
		problem(http.post("/webhooks/dev", SOME, "Content-Type", "application/json", "Origin", "https://evil.example"),
				403, "forbidden");
		problem(http.post("/webhooks/dev", SOME, "Content-Type", "application/json", "X-Forwarded-For", "10.1.2.3"),
				401, "unverified-webhook");
		assertThat(raw(http, "dev", "rebound.example", "Content-Type", "application/json")).startsWith("HTTP/1.1 403");
		String[] signed = Signer.standard(SECRET, "m-1", Instant.now().getEpochSecond(), SOME);
		assertThat(raw(http, "std", "tunnel.example", signed)).startsWith("HTTP/1.1 200");
		assertThat(raw(http, "std", "tunnel.example",
				Stream.concat(Arrays.stream(signed), Stream.of("Origin", "https://provider.example"))
					.toArray(String[]::new)))
			.startsWith("HTTP/1.1 200");
	}

	private static String raw(HttpTester http, String source, String host, String... headers) throws Exception {
		StringBuilder request = new StringBuilder("POST /webhooks/" + source + " HTTP/1.1\r\nHost: " + host + "\r\n");
		for (int i = 0; i < headers.length; i += 2) {
			request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
		}
		return http.raw(request + "Connection: close\r\nContent-Length: " + SOME.length() + "\r\n\r\n" + SOME);
	}

	private HttpTester start(String... arguments) {
		String[] all = Stream
			.concat(Stream.of("--server.port=0", "--spring.main.banner-mode=off"), Arrays.stream(arguments))
			.toArray(String[]::new);
		this.application = new SpringApplicationBuilder(IngressApplication.class).run(all);
		return new HttpTester(Objects.requireNonNull(this.application)
			.getEnvironment()
			.getRequiredProperty("local.server.port", Integer.class));
	}

}
