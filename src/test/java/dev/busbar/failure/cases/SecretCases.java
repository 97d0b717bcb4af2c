package dev.busbar.failure.cases;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import dev.busbar.failure.app.FailureApplication;
import dev.busbar.failure.ground.Scene;
import dev.busbar.ingress.webhook.Signer;
import dev.busbar.testing.BusbarClient;
import dev.busbar.testing.BusbarProcess;
import dev.busbar.testing.ForeignClient;
import dev.busbar.testing.Receiver;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Secrets of the configuration, of requests, of messages and of webhooks pass through a
 * process whose loggers all are at DEBUG. None may be in its log, in an answer or in a
 * dead letter.
 */
public interface SecretCases extends FailureCase {

	/** The content type of the events. */
	String STRUCTURED = "application/cloudevents+json";

	/** All secrets contain it. */
	String CANARY = "canarysings";

	/**
	 * The root, and what the packed configuration keeps quiet below it, but for the
	 * loggers of which it says that they print secrets.
	 */
	List<String> OPENED = List.of("root", "com.zaxxer.hikari", "dev.busbar", "dev.busbar.binder", "org.apache.catalina",
			"org.apache.coyote", "org.apache.kafka", "org.flywaydb", "org.springframework", "org.springframework.amqp",
			"org.springframework.amqp.rabbit.connection", "org.springframework.amqp.rabbit.listener",
			"org.springframework.boot.actuate.endpoint.web", "org.springframework.boot.tomcat",
			"org.springframework.boot.web", "org.springframework.cloud", "org.springframework.context",
			"org.springframework.integration", "org.springframework.kafka", "org.springframework.kafka.listener",
			"org.springframework.web", "org.springframework.cloud.stream.binder.rabbit.RabbitMessageChannelBinder");

	@Test
	default void secretsWithAllLoggersAtDebug() throws Exception {
		scene().process().stop();
		String prefix = Scene.prefix();
		String key = CANARY + "-key";
		List<String> arguments = new ArrayList<>(scene().site().passwords(CANARY + "-password"));
		OPENED.forEach((logger) -> arguments.add("--logging.level." + logger + "=DEBUG"));
		arguments.add("--busbar.access.keys.suite={sha256}" + sha256(key));
		try (BusbarProcess process = scene().another(FailureApplication.class, arguments.toArray(String[]::new))) {
			process.startReady();
			BusbarClient client = process.client();
			List<String> answers = new ArrayList<>();
			for (boolean broken : List.of(false, true)) {
				Map<String, Object> event = Scene.event("failure.fragile", prefix, 0, broken ? 1 : 0,
						Map.of("broken", broken));
				event.put("authorization", "Bearer " + CANARY + "-attribute");
				event.put("cookie", "a=" + CANARY + "-cookie");
				event.put("apikey", CANARY + "-attribute");
				HttpResponse<String> answer = client.post("/events", STRUCTURED, event, "Authorization",
						"Bearer " + key, "Cookie", "a=" + CANARY);
				assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
				answers.add(answer.headers().map() + answer.body());
				answers.add(client.post("/events", STRUCTURED, event, "X-API-Key", CANARY + "-wrong").body());
			}
			int letters = 1;
			ForeignClient foreign = scene().site().broker().foreign();
			if (foreign != null) {
				letters++;
				foreign.publish("failure.fragile",
						Map.of("Authorization", "Bearer " + CANARY, "Cookie", CANARY, "x-api-key", CANARY),
						("{no json " + prefix).getBytes(StandardCharsets.UTF_8));
			}
			int expected = letters;
			scene().await("the dead letters", () -> list(client, key).size() >= expected);
			for (JsonNode letter : list(client, key)) {
				String whole = client.get("/dead-letters/" + letter.get("id").asString(), "X-API-Key", key).body();
				assertThat(whole).contains("\"headers\"");
				answers.add(whole);
			}
			answers.add(client.get("/events/" + prefix + "0.1", "X-API-Key", key).body());
			assertThat(answers).noneMatch((answer) -> answer.contains(CANARY));
			process.stop();
			assertThat(process.log()).contains(" DEBUG ").contains("handled");
			List<String> heard = process.log().lines().filter((line) -> line.contains(CANARY)).toList();
			assertThat(heard).as("lines of the log, see " + process.folder()).isEmpty();
			System.out.println(scene().site().name() + ": no secret in " + process.log().lines().count() + " lines");
		}
		scene().process().startReady();
		scene().reportNote("none in the log, in answers, in dead letters");
	}

	/**
	 * The packed jar with its feed, as its user would run it: sources that sign or name a
	 * key, and subscriptions that succeed and fail.
	 */
	@Test
	default void secretsOfWebhooksWithAllLoggersAtDebug() throws Exception {
		scene().process().stop();
		String prefix = Scene.prefix();
		String[] key = { "X-API-Key", CANARY + "-key" };
		try (Receiver receiver = new Receiver().answering(SecretCases::answer)) {
			List<String> arguments = webhooks(prefix, receiver);
			arguments.add("--busbar.access.keys.suite={sha256}" + sha256(key[1]));
			try (BusbarProcess process = BusbarProcess.jar("secrets", arguments)) {
				process.startReady();
				BusbarClient client = process.client();
				List<String> secrets = new ArrayList<>();
				for (String name : List.of("told", "failing", "cut")) {
					secrets
						.add(secret(
								client.post("/subscriptions", "application/json",
										Map.of("name", name, "url", url(receiver, name), "types",
												List.of("secret.told"), "headers",
												Map.of("Authorization", "Bearer " + CANARY, "X-Token", CANARY)),
										key),
								201));
				}
				secrets.add(secret(client.post("/subscriptions/told/rotate-secret", "application/json", Map.of(), key),
						200));
				List<String> answers = new ArrayList<>(deliver(client, prefix));
				scene().await("the attempts",
						() -> deliveries(client, key).size() == 8 && deliveries(client, key).valueStream()
							.noneMatch((it) -> it.get("state").asString().equals("pending")));
				assertThat(receiver.requests()).hasSizeGreaterThanOrEqualTo(8)
					.allSatisfy((request) -> assertThat(request.headers()).containsEntry("x-token", CANARY));
				for (JsonNode delivery : deliveries(client, key)) {
					answers.add(client.get("/deliveries/" + delivery.get("id").asString(), key).body());
				}
				for (String path : List.of("/subscriptions", "/subscriptions/told", "/subscriptions/declared",
						"/deliveries?state=dead", "/events/" + prefix + "1")) {
					answers.add(client.get(path, key).body());
				}
				secrets.add(CANARY);
				assertThat(answers).noneMatch((answer) -> secrets.stream().anyMatch(answer::contains));
				process.stop();
				assertThat(List.of(" DEBUG ", "webhook refused source=signed", "executing POST /hook/told")).as("said")
					.allMatch(process.log()::contains);
				assertThat(process.log().lines().filter((line) -> secrets.stream().anyMatch(line::contains)))
					.as("lines of the log, see " + process.folder())
					.isEmpty();
			}
		}
		scene().reportNote("none in the log, in answers, in deliveries");
	}

	private List<String> webhooks(String prefix, Receiver receiver) {
		List<String> arguments = scene().site()
			.arguments("--spring.application.name=secrets-" + prefix + "group", "--busbar.feed.enabled=true",
					"--busbar.types.[secret.told].stream=secret.told", "--busbar.sources.signed.scheme=github",
					"--busbar.sources.signed.secrets[0]=" + CANARY + "-signing",
					"--busbar.sources.signed.type=secret.told", "--busbar.sources.keyed.scheme=api-key",
					"--busbar.sources.keyed.secrets[0]=" + CANARY + "-token",
					"--busbar.sources.keyed.credential={header:X-Token}", "--busbar.sources.keyed.type=secret.told",
					"--busbar.deliveries.allowed-networks=127.0.0.0/8", "--busbar.deliveries.schedule=0s",
					"--busbar.subscriptions.declared.url=" + url(receiver, "declared"),
					"--busbar.subscriptions.declared.types=secret.told",
					"--busbar.subscriptions.declared.secret=whsec_" + CANARY + "a".repeat(32 - CANARY.length()),
					"--busbar.subscriptions.declared.headers.X-Token=" + CANARY);
		arguments.addAll(scene().site().passwords(CANARY + "-password"));
		OPENED.forEach((logger) -> arguments.add("--logging.level." + logger + "=DEBUG"));
		return arguments;
	}

	/** Posts webhooks, of which two are true, and returns the answers. */
	private static List<String> deliver(BusbarClient client, String prefix) {
		Map<String, String> data = Map.of("key", prefix);
		String body = JsonMapper.shared().writeValueAsString(data);
		List<HttpResponse<String>> answers = new ArrayList<>();
		for (String signature : List.of(Signer.hex(CANARY + "-signing", body), Signer.hex(CANARY + "-wrong", body),
				CANARY)) {
			answers.add(client.post("/webhooks/signed", "application/json", data, "X-GitHub-Delivery", prefix + "1",
					"X-Hub-Signature-256", "sha256=" + signature));
		}
		for (String token : List.of(CANARY + "-token", CANARY + "-wrong")) {
			answers.add(client.post("/webhooks/keyed", "application/json", data, "X-Token", token));
		}
		assertThat(answers).extracting(HttpResponse::statusCode).containsExactly(200, 401, 401, 200, 401);
		return answers.stream().map((answer) -> answer.headers().map() + answer.body()).toList();
	}

	private static void answer(Receiver.Request request, OutputStream out) throws IOException {
		if (!request.line().contains("/cut")) {
			Receiver.answer(out, request.line().contains("/failing") ? "500 Failed" : "200 OK");
		}
	}

	private static String url(Receiver receiver, String name) {
		return receiver.url() + "/" + name;
	}

	private static String secret(HttpResponse<String> answer, int status) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
		assertThat(answer.body()).doesNotContain(CANARY);
		return JsonMapper.shared().readTree(answer.body()).get("secret").asString().substring("whsec_".length());
	}

	private static JsonNode deliveries(BusbarClient client, String... key) {
		return JsonMapper.shared().readTree(client.get("/deliveries?limit=100", key).body()).get("deliveries");
	}

	private static JsonNode list(BusbarClient client, String key) {
		return JsonMapper.shared()
			.readTree(client.get("/dead-letters?type=failure.fragile&limit=1000", "X-API-Key", key).body())
			.get("deadLetters");
	}

	private static String sha256(String text) throws NoSuchAlgorithmException {
		return HexFormat.of()
			.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
	}

}
