package dev.busbar.egress.subscription;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SigningSecretsTests {

	private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

	/** The vector of the Standard Webhooks libraries. */
	@Test
	void thePublishedVectorIsSignedAsPublished() {
		SigningSecrets secrets = new SigningSecrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null, null);
		assertThat(secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", Instant.ofEpochSecond(1614265330), BODY))
			.isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	}

	@Test
	void theLibraryOfStandardWebhooksTakesWhatIsSigned() throws Exception {
		SigningSecrets first = SigningSecrets.generate();
		Instant now = Instant.now();
		SigningSecrets second = first.rotate(now);
		verify(first.current(), first.sign("msg_1", now, BODY), now);
		verify(first.current(), second.sign("msg_1", now, BODY), now);
		verify(second.current(), second.sign("msg_1", now, BODY), now);
		assertThatExceptionOfType(WebhookVerificationException.class)
			.isThrownBy(() -> verify(SigningSecrets.generate().current(), second.sign("msg_1", now, BODY), now));
		assertThatExceptionOfType(WebhookVerificationException.class)
			.isThrownBy(() -> verify(second.current(), second.sign("msg_2", now, BODY), now));
	}

	private static void verify(String secret, String signature, Instant time) throws Exception {
		new Webhook(secret)
			.verify(new String(BODY, StandardCharsets.UTF_8),
					HttpHeaders.of(Map.of("webhook-id", List.of("msg_1"), "webhook-timestamp",
							List.of(Long.toString(time.getEpochSecond())), "webhook-signature", List.of(signature)),
							(name, value) -> true)
						.map());
	}

	@Test
	void theSecretBeforeIsUsedForADayAndNoLonger() {
		Instant now = Instant.parse("2030-01-01T00:00:00Z");
		SigningSecrets rotated = SigningSecrets.generate().rotate(now);
		assertThat(rotated.sign("a", now.plusSeconds(86_399), BODY)).contains(" v1,");
		assertThat(rotated.sign("a", now.plusSeconds(86_400), BODY)).doesNotContain(" ");
		SigningSecrets again = rotated.rotate(now);
		assertThat(again.previous()).isEqualTo(rotated.current());
	}

	@Test
	void aGeneratedSecretHas32RandomBytesAndIsNotShown() {
		SigningSecrets secrets = SigningSecrets.generate();
		assertThat(Base64.getDecoder().decode(secrets.current().substring("whsec_".length()))).hasSize(32);
		assertThat(SigningSecrets.generate().current()).isNotEqualTo(secrets.current());
		assertThat(secrets.toString()).doesNotContain(secrets.current());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***" })
	void aSecretThatIsNoneIsRefusedWithoutQuotingIt(String secret) {
		assertThatIllegalArgumentException().isThrownBy(() -> new SigningSecrets(secret, null, null))
			.withMessageContaining("24 to 64")
			.withMessageNotContaining("c2hvcnQ");
	}

	@Test
	void secretsInTheDatabaseOpenWithTheirKeyAndInTheirPlaceOnly() {
		String key = Base64.getEncoder().encodeToString(new byte[32]);
		SecretBox box = new SecretBox(key);
		String closed = box.close("whsec_x", "app/a");
		assertThat(closed).startsWith("aes-gcm:").doesNotContain("whsec_x");
		assertThat(box.close("whsec_x", "app/a")).isNotEqualTo(closed);
		assertThat(box.open(closed, "app/a")).isEqualTo("whsec_x");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> box.open(closed, "app/b"))
			.withMessageContaining("encryption-key");
		byte[] other = new byte[32];
		other[0] = 1;
		SecretBox wrong = new SecretBox(Base64.getEncoder().encodeToString(other));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> wrong.open(closed, "app/a"));
		SecretBox without = new SecretBox(null);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> without.open(closed, "app/a"));
		assertThat(box.open(without.close("whsec_y", "app/a"), "app/a")).isEqualTo("whsec_y");
		assertThatIllegalArgumentException().isThrownBy(() -> new SecretBox("c2hvcnQ="))
			.withMessageContaining("32 random bytes");
	}

}
