package dev.busbar.ingress.webhook.scheme;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.standardwebhooks.Webhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.StreamReadConstraints;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each scheme against the vectors that its provider, or the RFC, has published, and
 * against forgers.
 */
class VerifierTests {

	/** Of the specification's own tests. */
	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";

	private static final long TIME = 1614265330;

	private static final String PAYLOAD = "{\"test\": 2432232314}";

	private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

	private static final String OTHER = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

	@Test
	void standardWebhooksTakesTheVectorOfTheSpecification() {
		assertThat(standard(TIME).refusal(delivery(ID, "" + TIME, SIGNATURE, PAYLOAD))).isNull();
	}

	@Test
	void standardWebhooksTakesWhatItsJavaLibrarySigns() throws Exception {
		String body = "{\"type\":\"order.placed\",\"name\":\"ö\"}";
		String signature = new Webhook(SECRET).sign("msg_1", TIME, body);
		assertThat(standard(TIME).refusal(delivery("msg_1", "" + TIME, signature, body))).isNull();
		assertThat(standard(TIME).refusal(delivery("msg_2", "" + TIME, signature, body))).isNotNull();
	}

	@Test
	void oneOfSeveralSignaturesAndSecretsIsEnough() {
		List<byte[]> keys = List.of(new byte[24], StandardWebhooksVerifier.key(SECRET));
		Verifier verifier = new StandardWebhooksVerifier(keys, tolerance(TIME));
		assertThat(verifier.refusal(delivery(ID, "" + TIME, OTHER + " v1a,xyz " + SIGNATURE + " ", PAYLOAD))).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "-300, true", "300, true", "-301, false", "301, false" })
	void aDeliveryMayBeThreeHundredSecondsOffInEitherDirection(int offset, boolean fine) {
		String refusal = standard(TIME + offset).refusal(delivery(ID, "" + TIME, SIGNATURE, PAYLOAD));
		assertThat(refusal == null).isEqualTo(fine);
	}

	@ParameterizedTest
	@ValueSource(strings = { "v1,", "v1", "", " ", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O",
			"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=x", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			"v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			"V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			"v1, g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "\tv1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
			"v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" })
	void aTruncatedOrOtherSignatureIsRefused(String signature) {
		assertThat(standard(TIME).refusal(delivery(ID, "" + TIME, signature, PAYLOAD))).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "+1614265330", "-1614265330", "1614265330.0", "1614265330 ", " 1614265330",
			"\u0661\u0666\u0661\u0664\u0662\u0666\u0665\u0663\u0663\u0660", "1e9", "0x60381F32", "9223372036854775807",
			"99999999999999999999999999", "-9223372036854775808", "1614265330000", "2021-02-25T15:02:10Z" })
	void aTimestampIsWholeSecondsInAsciiDigits(String timestamp) throws Exception {
		Map<String, List<String>> headers = headers(ID, timestamp, SIGNATURE);
		// Signed correctly, so that it is the timestamp that is refused.
		headers.put("webhook-signature",
				List.of("v1," + Base64.getEncoder()
					.encodeToString(new Hmac(Hmac.Algorithm.SHA256, List.of(StandardWebhooksVerifier.key(SECRET)))
						.sign(Tolerance.bytes(ID + "." + timestamp + "."), PAYLOAD.getBytes(StandardCharsets.UTF_8)))));
		assertThat(standard(TIME).refusal(request(headers, PAYLOAD))).isNotNull();
	}

	@Test
	void thousandsOfSignaturesAreRefusedEvenWithTheRightOneAmongThem() {
		String many = (OTHER + " ").repeat(3000);
		assertThat(standard(TIME).refusal(delivery(ID, "" + TIME, many + SIGNATURE, PAYLOAD))).isNotNull();
		assertThat(standard(TIME).refusal(delivery(ID, "" + TIME, SIGNATURE + " " + many, PAYLOAD))).isNotNull();
		assertThat(standard(TIME).refusal(delivery(ID, "" + TIME, (OTHER + " ").repeat(15) + SIGNATURE, PAYLOAD)))
			.isNull();
	}

	@Test
	void nothingOfWhatIsSignedCanBeChanged() {
		assertThat(standard(TIME).refusal(delivery(ID + "x", "" + TIME, SIGNATURE, PAYLOAD))).as("another id")
			.isNotNull();
		assertThat(standard(TIME).refusal(delivery(ID, "" + (TIME + 1), SIGNATURE, PAYLOAD))).as("re-dated")
			.isNotNull();
		assertThat(standard(TIME).refusal(delivery(ID, "" + TIME, SIGNATURE, PAYLOAD + " "))).as("white space")
			.isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "webhook-id", "webhook-timestamp", "webhook-signature" })
	void aHeaderThatIsMissingOrTwiceIsRefused(String name) {
		Map<String, List<String>> headers = headers(ID, "" + TIME, SIGNATURE);
		String value = headers.get(name).get(0);
		headers.put(name, List.of(value, value));
		assertThat(standard(TIME).refusal(request(headers, PAYLOAD))).as("twice").isNotNull();
		headers.remove(name);
		assertThat(standard(TIME).refusal(request(headers, PAYLOAD))).as("missing").isNotNull();
	}

	@Test
	void githubTakesTheExampleOfItsDocumentation() {
		Verifier github = BodyVerifier.github(List.of("another", "It's a Secret to Everybody"));
		String hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
		assertThat(github.refusal(request("X-Hub-Signature-256", "sha256=" + hex, "Hello, World!"))).isNull();
		for (String wrong : List.of(hex, "sha256=" + hex.substring(2), "sha256=", "sha1=" + hex, "sha256=" + hex + "00",
				"sha256=" + hex.replace('7', '\u0667'), "sha256=" + "0".repeat(64), "sha512=" + hex)) {
			assertThat(github.refusal(request("X-Hub-Signature-256", wrong, "Hello, World!"))).as(wrong).isNotNull();
		}
		assertThat(github.refusal(request("X-Hub-Signature", "sha256=" + hex, "Hello, World!"))).isNotNull();
		assertThat(github.refusal(request("X-Hub-Signature-256", "sha256=" + hex, "Hello, World! "))).isNotNull();
	}

	@Test
	void slackTakesTheExampleOfItsDocumentation() {
		String body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
				+ "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
				+ "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
				+ "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
		String signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
		Verifier slack = new SlackVerifier(List.of("8f742231b10e8888abcd99yyyzzz85a5"), tolerance(1531420618));
		assertThat(slack.refusal(slack("1531420618", signature, body))).isNull();
		assertThat(slack.refusal(slack("1531420619", signature, body))).as("re-dated").isNotNull();
		assertThat(slack.refusal(slack("1531420618", signature.substring(0, 60), body))).isNotNull();
		assertThat(slack.refusal(slack("1531420618", signature.replace("v0", "v1"), body))).isNotNull();
		assertThat(new SlackVerifier(List.of("8f742231b10e8888abcd99yyyzzz85a5"), tolerance(1531420919))
			.refusal(slack("1531420618", signature, body))).as("stale").isNotNull();
	}

	@Test
	void stripeTakesOneOfSeveralSignaturesOfItsVersion() {
		Verifier stripe = new StripeVerifier(List.of("whsec_test"), tolerance(1492774577));
		// As Python's hmac makes it.
		String right = "v1=7656fc2882a7ca0a651666b36bf2f2f22ee204f54f608f227498a2419f2890b2";
		String zero = "v1=" + "0".repeat(64);
		for (String header : List.of("t=1492774577," + right, right + ",t=1492774577", "t=1492774577," + zero + ","
				+ right + ",v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39")) {
			assertThat(stripe.refusal(request("Stripe-Signature", header, "{\"id\":\"evt_1\"}"))).as(header).isNull();
		}
		for (String header : List.of("t=1492774577", right, "t=1492774577," + right.replace("v1", "v0"),
				"t=1492774578," + right, "t=1492774577,t=1492774577," + right, "t=1492774577, " + right,
				"t=1492774577," + (zero + ",").repeat(4000) + right, "t=1492774577," + right.substring(0, 60), "",
				"t=\u0661492774577," + right)) {
			assertThat(stripe.refusal(request("Stripe-Signature", header, "{\"id\":\"evt_1\"}"))).isNotNull();
		}
	}

	@Test
	void shopifySignsInBase64() {
		Verifier shopify = BodyVerifier.shopify(List.of("hush"));
		// As openssl dgst -sha256 -hmac hush -binary | base64 prints it.
		String right = "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=";
		String body = "{\"id\":820982911946154508}";
		assertThat(shopify.refusal(request("X-Shopify-Hmac-Sha256", right, body))).isNull();
		assertThat(shopify.refusal(request("X-Shopify-Hmac-SHA256", right.substring(4), body))).isNotNull();
		assertThat(shopify.refusal(request("X-Shopify-Hmac-SHA256", right, body + "\n"))).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "SHA1, effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
			"SHA256, 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
			"SHA384, af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
			"SHA512, 164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" })
	void hmacTakesTheVectorsOfRfc4231AndRfc2202InEveryEncoding(Hmac.Algorithm algorithm, String hex) {
		String data = "what do ya want for nothing?";
		byte[] code = HexFormat.of().parseHex(hex);
		Map<SignatureEncoding, String> encoded = Map.of(SignatureEncoding.HEX, hex, SignatureEncoding.BASE64,
				Base64.getEncoder().encodeToString(code), SignatureEncoding.BASE64URL,
				Base64.getUrlEncoder().withoutPadding().encodeToString(code));
		encoded.forEach((encoding, text) -> {
			Verifier verifier = new BodyVerifier("X-Sig", algorithm, encoding, "p=", Hmac.bytes(List.of("Jefe")));
			assertThat(verifier.refusal(request("x-sig", "p=" + text, data))).as(encoding + " " + algorithm).isNull();
			assertThat(verifier.refusal(request("x-sig", text, data))).isNotNull();
			assertThat(verifier.refusal(request("x-sig", "p=" + text, data + "?"))).isNotNull();
		});
	}

	@Test
	void aSignatureOfAnotherAlgorithmIsRefused() {
		Verifier verifier = new BodyVerifier("X-Sig", Hmac.Algorithm.SHA256, SignatureEncoding.HEX, "",
				Hmac.bytes(List.of("Jefe")));
		assertThat(verifier
			.refusal(request("X-Sig", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", "what do ya want for nothing?")))
			.isNotNull();
	}

	@Test
	void basicAsksForUserAndPassword() {
		Verifier basic = CredentialVerifier.basic(List.of("old:p", "shop:geheim:ö"));
		assertThat(basic.refusal(request("Authorization", basic("shop:geheim:ö"), ""))).isNull();
		assertThat(basic.refusal(request("Authorization", basic("old:p").replace("Basic", "bAsIc"), ""))).isNull();
		for (String wrong : List.of("", "Basic", "Basic ", "Basic %%%", basic("shop:geheim:"), basic("shop"),
				basic("old:pp"), "Bearer b2xkOnA=", "b2xkOnA=")) {
			assertThat(basic.refusal(request("Authorization", wrong, ""))).as(wrong).isNotNull();
		}
		assertThat(basic
			.refusal(request(new TreeMap<>(Map.of("Authorization", List.of(basic("old:p"), basic("old:p")))), "")))
			.isNotNull();
	}

	@Test
	void openIsForThisMachineAlone() {
		assertThat(open("127.0.0.1").refusal()).isNull();
		assertThat(open("0:0:0:0:0:0:0:1").refusal()).isNull();
		for (String address : List.of("10.0.0.1", "127.0.0.1.evil.example", "", "localhost", "::ffff:10.0.0.1")) {
			assertThat(open(address).refusal()).as(address).isNotNull();
		}
		assertThat(open("127.0.0.1", "X-Forwarded-For").refusal()).isNotNull();
		assertThat(open("127.0.0.1", "forwarded").refusal()).isNotNull();
	}

	private static Refusal open(String address, String... headers) {
		Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		Arrays.stream(headers).forEach((header) -> all.put(header, List.of("10.0.0.1")));
		return () -> new LoopbackVerifier().refusal(new WebhookRequest((name) -> all.getOrDefault(name, List.of()),
				new byte[0], address, WebhookRequest.mapper(StreamReadConstraints.defaults())));
	}

	private interface Refusal {

		String refusal();

	}

	private static Verifier standard(long now) {
		return new StandardWebhooksVerifier(List.of(StandardWebhooksVerifier.key(SECRET)), tolerance(now));
	}

	private static Tolerance tolerance(long now) {
		return new Tolerance(Duration.ofSeconds(300), Clock.fixed(Instant.ofEpochSecond(now), ZoneOffset.UTC));
	}

	private static Map<String, List<String>> headers(String id, String timestamp, String signature) {
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.put("webhook-id", new ArrayList<>(List.of(id)));
		headers.put("webhook-timestamp", new ArrayList<>(List.of(timestamp)));
		headers.put("webhook-signature", new ArrayList<>(List.of(signature)));
		return headers;
	}

	private static WebhookRequest delivery(String id, String timestamp, String signature, String body) {
		return request(headers(id, timestamp, signature), body);
	}

	private static WebhookRequest slack(String timestamp, String signature, String body) {
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.put("X-Slack-Request-Timestamp", List.of(timestamp));
		headers.put("X-Slack-Signature", List.of(signature));
		return request(headers, body);
	}

	private static WebhookRequest request(String header, String value, String body) {
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.put(header, List.of(value));
		return request(headers, body);
	}

	private static WebhookRequest request(Map<String, List<String>> headers, String body) {
		return new WebhookRequest((name) -> headers.getOrDefault(name, List.of()),
				body.getBytes(StandardCharsets.UTF_8), "203.0.113.7",
				WebhookRequest.mapper(StreamReadConstraints.defaults()));
	}

	private static String basic(String credentials) {
		return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
	}

}
