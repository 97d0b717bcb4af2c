package dev.busbar.ingress.reply;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

import dev.busbar.ingress.HttpTester;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a caller sees of the results of the event that it has posted.
 */
@SpringBootTest(classes = ReplyApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.datasource.url=jdbc:h2:mem:reply-scopes;DB_CLOSE_DELAY=-1",
				"spring.application.name=shop", "busbar.handling.attempts=1",
				"busbar.access.keys.publisher.scopes=publish", "busbar.access.keys.both.scopes=publish,read",
				"busbar.access.keys.asker.scopes=publish,read", "busbar.access.keys.asker.types=reply.asked",
				"busbar.access.keys.own.scopes=publish,read", "busbar.access.keys.own.sources=/here",
				"busbar.access.keys.group.scopes=publish,read", "busbar.access.keys.group.sources=/here,/shop" })
class ReplyScopesTests {

	@LocalServerPort
	private int port;

	@DynamicPropertySource
	static void keys(DynamicPropertyRegistry registry) {
		for (String name : List.of("publisher", "both", "asker", "own", "group")) {
			registry.add("busbar.access.keys." + name + ".hash", () -> "{sha256}" + sha256(name + "-key"));
		}
	}

	@Test
	void whoMayNotReadIsNotAnsweredWithResults() {
		for (int number : new int[] { 1, -1 }) {
			HttpResponse<String> answer = ask("publisher", "p" + number, number);
			assertThat(answer.statusCode()).isEqualTo(202);
			assertThat(answer.headers().firstValue("Preference-Applied")).isEmpty();
			assertThat(answer.body()).doesNotContain("answered", "dead");
		}
		// Nor is what came of an event that somebody else has posted.
		assertThat(ask("both", "b1", 1).statusCode()).isEqualTo(200);
		assertThat(ask("publisher", "b1", 1).statusCode()).isEqualTo(202);
	}

	@Test
	void resultsThatTheCallerMayNotReadAreLeftOut() {
		assertThat(ask("both", "r1", 1).body()).contains("reply.answered");
		assertThat(ask("group", "r2", 1).body()).contains("reply.answered");
		for (String caller : List.of("asker", "own")) {
			HttpResponse<String> answer = ask(caller, "r3-" + caller, 1);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("[]");
		}
	}

	@Test
	void anEventThatMayNotBePostedIsNotLookedFor() {
		ask("both", "n1", 1);
		HttpTester.problem(ask("own", "n1", 1, "/there"), 403, "event-not-allowed");
	}

	private HttpResponse<String> ask(String caller, String id, int number) {
		return ask(caller, id, number, "/here");
	}

	private HttpResponse<String> ask(String caller, String id, int number, String source) {
		return new HttpTester(this.port).post("/events", "{\"key\":\"k\",\"number\":" + number + "}", "Content-Type",
				"application/json", "ce-specversion", "1.0", "ce-id", id, "ce-source", source, "ce-type", "reply.asked",
				"Prefer", "wait=30", "X-API-Key", caller + "-key");
	}

	private static String sha256(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
