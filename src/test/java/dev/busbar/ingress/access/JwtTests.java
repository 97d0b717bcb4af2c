package dev.busbar.ingress.access;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import dev.busbar.testing.Issuer;
import org.junit.jupiter.api.Test;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * JWTs of an issuer whose public key is configured.
 */
class JwtTests extends GuardedServer {

	@Test
	void theScopesOfAJwtAreThoseOfKeys() throws Exception {
		String publish = bearer(Issuer.token("publish", 60));
		assertThat(webhook("some_event", "Authorization", publish).statusCode()).isEqualTo(200);
		problem(this.http.get("/handlers", "Authorization", publish), 403, "insufficient-scope");
		String others = bearer(Issuer.token("read operate", 60));
		assertThat(this.http.get("/handlers", "Authorization", others).statusCode()).isEqualTo(200);
		assertThat(this.http.get("/actuator", "Authorization", others).statusCode()).isEqualTo(200);
		problem(webhook("some_event", "Authorization", others), 403, "insufficient-scope");
		problem(this.http.get("/handlers", "Authorization", bearer(Issuer.token("openid", 60))), 403,
				"insufficient-scope");
	}

	@Test
	void aKeyIsTakenBesideJwts() {
		assertThat(webhook("some_event", "Authorization", "Bearer publisher-key").statusCode()).isEqualTo(200);
	}

	@Test
	void whatTheIssuerHasNotSignedIsNoToken() throws Exception {
		KeyPair other = Issuer.keyPair();
		String good = Issuer.token("read", 60);
		String[] parts = good.split("\\.", -1);
		String claims = encode(
				"{\"sub\":\"eve\",\"scope\":\"read\",\"exp\":" + Instant.now().plusSeconds(60).getEpochSecond() + "}");
		String[] bad = { Issuer.sign(new RSASSASigner(other.getPrivate()), JWSAlgorithm.RS256, "read", 60),
				// The public key as a shared secret.
				Issuer.sign(new MACSigner(Issuer.publicKey()), JWSAlgorithm.HS256, "read", 60),
				encode("{\"alg\":\"none\"}") + "." + claims + ".", encode("{\"alg\":\"none\"}") + "." + claims + ".x",
				parts[0] + "." + claims + "." + parts[2], parts[0] + "." + parts[1] + ".", "a.b.c",
				Issuer.token("read", -3600) };
		assertThat(this.http.get("/handlers", "Authorization", bearer(good)).statusCode()).isEqualTo(200);
		String missing = this.http.get("/handlers").body();
		for (String token : bad) {
			assertThat(problem(this.http.get("/handlers", "Authorization", bearer(token)), 401, "unauthorized"))
				.as(token)
				.isNotNull();
			assertThat(this.http.get("/handlers", "Authorization", bearer(token)).body()).isEqualTo(missing);
		}
		assertThat(this.http.get("/handlers", "X-API-Key", Issuer.token("publish", -3600)).body()).isEqualTo(missing);
	}

	private static String bearer(String token) {
		return "Bearer " + token;
	}

	private static String encode(String json) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

}
