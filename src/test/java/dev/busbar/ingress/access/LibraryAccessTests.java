package dev.busbar.ingress.access;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.busbar.ingress.HttpTester;
import dev.busbar.ingress.IngressApplication;
import dev.busbar.testing.FreePort;
import dev.busbar.testing.Issuer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with endpoints of its own beside Busbar's.
 */
@ExtendWith(OutputCaptureExtension.class)
class LibraryAccessTests {

	private static final String KEY = "--busbar.access.keys.shop={sha256}" + GuardedServer.sha256("shop-key");

	private @Nullable ConfigurableApplicationContext application;

	@AfterEach
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
	}

	@Test
	void withoutAnyConfigurationNothingIsLockedAndNobodyIsAskedToLogIn(CapturedOutput output) {
		HttpTester http = start(List.of(Own.class), "--server.address=127.0.0.1");
		assertThat(http.get("/own").body()).isEqualTo("own");
		assertThat(http.get("/handlers").statusCode()).isEqualTo(200);
		assertThat(http.get("/dead-letters").statusCode()).isEqualTo(404);
		assertThat(http.get("/login", "Accept", "text/html").statusCode()).isEqualTo(404);
		assertThat(http.get("/own").headers().firstValue("X-Content-Type-Options")).isEmpty();
		assertThat(output.getAll()).doesNotContain("password", " WARN ");
	}

	@Test
	void whereNothingIsConfiguredEveryoneMayDoEverything() {
		HttpTester http = start(List.of(GuardedServer.Fixture.class), "--server.address=127.0.0.1");
		assertThat(http.get("/feed/who").body()).isEqualTo("anonymous [SCOPE_operate, SCOPE_publish, SCOPE_read]");
	}

	@Test
	void withKeysTheOtherAddressesNeedAnyCaller() {
		HttpTester http = start(List.of(Own.class), KEY);
		problem(http.get("/own"), 401, "unauthorized");
		assertThat(http.get("/own", "X-API-Key", "shop-key").body()).isEqualTo("own");
	}

	@Test
	void aFilterChainOfTheApplicationHasAllAddressesButOurs() {
		HttpTester http = start(List.of(Own.class, OwnChain.class), KEY);
		assertThat(http.get("/own").body()).isEqualTo("own");
		assertThat(http.get("/broken").statusCode()).as("denied by the application").isEqualTo(403);
		assertThat(http.get("/broken", "X-API-Key", "shop-key").statusCode()).isEqualTo(403);
		problem(http.get("/handlers"), 401, "unauthorized");
		problem(http.get("/actuator"), 401, "unauthorized");
		assertThat(http.get("/handlers", "X-API-Key", "shop-key").statusCode()).isEqualTo(200);
		problem(http.send("DELETE", "/webhook", new byte[0], "X-API-Key", "shop-key"), 405, "method-not-allowed");
		assertThat(http.get("/actuator/health").statusCode()).isEqualTo(200);
	}

	@Test
	void aFilterChainOfTheApplicationLeavesOursOpenWhereNothingIsConfigured() {
		HttpTester http = start(List.of(Own.class, OwnChain.class), "--server.address=127.0.0.1");
		assertThat(http.get("/handlers").statusCode()).isEqualTo(200);
		assertThat(http.get("/broken").statusCode()).isEqualTo(403);
	}

	@Test
	void anApplicationWithUsersOfSpringSecurityKeepsItsLock() {
		HttpTester http = start(List.of(Own.class), "--server.address=127.0.0.1",
				"--spring.security.user.password=secret");
		assertThat(http.get("/own").statusCode()).isEqualTo(401);
		assertThat(http.get("/own", "Authorization", "Basic dXNlcjpzZWNyZXQ=").body()).isEqualTo("own");
		assertThat(http.get("/handlers").statusCode()).isEqualTo(200);
	}

	@Test
	void usersOfSpringSecurityAreNoneOfOurs() {
		HttpTester http = start(List.of(Own.class), KEY, "--spring.security.user.password=secret");
		problem(http.get("/handlers", "Authorization", "Basic dXNlcjpzZWNyZXQ="), 401, "unauthorized");
	}

	@Test
	void whileTheIssuersKeysCannotBeReadAJwtIsNeitherRightNorWrong() throws Exception {
		HttpTester http = start(List.of(), "--server.address=0.0.0.0",
				"--spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:" + FreePort.find()
						+ "/keys");
		HttpResponse<String> answer = http.get("/handlers", "Authorization", "Bearer " + Issuer.token("read", 60));
		problem(answer, 503, "access-unavailable");
		assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
		problem(http.get("/handlers"), 401, "unauthorized");
		problem(http.get("/handlers", "Authorization", "Bearer no-token"), 401, "unauthorized");
		assertThat(http.get("/actuator/health").statusCode()).isEqualTo(200);
	}

	@Test
	void theActuatorAtTheRootIsGuarded() {
		HttpTester http = start(List.of(Own.class), KEY, "--management.endpoints.web.base-path=/");
		problem(http.get("/info"), 401, "unauthorized");
		assertThat(http.get("/health").statusCode()).isEqualTo(200);
		assertThat(http.get("/own", "X-API-Key", "shop-key").body()).isEqualTo("own");
	}

	@Test
	void theActuatorOnAPortOfItsOwnNeedsTheScope() {
		HttpTester http = start(List.of(), KEY, "--busbar.access.keys.reader.hash={sha256}" + GuardedServer.sha256("r"),
				"--busbar.access.keys.reader.scopes=read", "--management.server.port=0");
		HttpTester management = new HttpTester(port("local.management.port"));
		assertThat(management.port()).isNotEqualTo(http.port());
		problem(management.get("/actuator", "X-API-Key", "r"), 403, "insufficient-scope");
		problem(management.get("/"), 401, "unauthorized");
		problem(management.get("/login", "Accept", "text/html"), 401, "unauthorized");
		assertThat(management.get("/actuator", "X-API-Key", "shop-key").statusCode()).isEqualTo(200);
		assertThat(management.get("/actuator/health").statusCode()).isEqualTo(200);
	}

	@Test
	void theActuatorOnAPortOfItsOwnIsOpenWhereNothingIsConfigured() throws Exception {
		start(List.of(), "--server.address=127.0.0.1", "--management.server.address=127.0.0.1",
				"--management.server.port=0");
		HttpTester management = new HttpTester(port("local.management.port"));
		assertThat(management.get("/actuator").statusCode()).isEqualTo(200);
		assertThat(management.raw("GET /actuator HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 403");
	}

	private HttpTester start(List<Class<?>> more, String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--server.port=0");
		List<Class<?>> sources = new ArrayList<>(more);
		sources.add(IngressApplication.class);
		this.application = new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
			.run(all.toArray(String[]::new));
		return new HttpTester(port("local.server.port"));
	}

	private int port(String property) {
		return Objects.requireNonNull(this.application).getEnvironment().getRequiredProperty(property, Integer.class);
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Own {

		@GetMapping("/own")
		String own() {
			return "own";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnChain {

		@Bean
		SecurityFilterChain ownChain(HttpSecurity http) {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/own").permitAll().anyRequest().denyAll())
				.csrf(AbstractHttpConfigurer::disable)
				.build();
		}

	}

}
