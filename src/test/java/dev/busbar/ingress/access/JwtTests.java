package dev.busbar.ingress.access;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import org.junit.jupiter.api.Test;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * JWTs of an issuer whose public key is configured.
 */
class JwtTests extends GuardedServer {

	@Test
	void theScopesOfAJwtAreThoseOfKeys() throws Exception {
		String publish = bearer(token("publish", 60));
		assertThat(webhook("some_event", "Authorization", publish).statusCode()).isEqualTo(200);
		problem(this.http.get("/handlers", "Authorization", publish), 403, "insufficient-scope");
		String others = bearer(token("read operate", 60));
		assertThat(this.http.get("/handlers", "Authorization", others).statusCode()).isEqualTo(200);
		assertThat(this.http.get("/actuator", "Authorization", others).statusCode()).isEqualTo(200);
		problem(webhook("some_event", "Authorization", others), 403, "insufficient-scope");
		problem(this.http.get("/handlers", "Authorization", bearer(token("openid", 60))), 403, "insufficient-scope");
	}

	@Test
	void aKeyIsTakenBesideJwts() {
		assertThat(webhook("some_event", "Authorization", "Bearer publisher-key").statusCode()).isEqualTo(200);
	}

	@Test
	void whatTheIssuerHasNotSignedIsNoToken() throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
		generator.initialize(2048);
		KeyPair other = generator.generateKeyPair();
		String good = token("read", 60);
		String[] parts = good.split("\\.", -1);
		String claims = encode(
				"{\"sub\":\"eve\",\"scope\":\"read\",\"exp\":" + Instant.now().plusSeconds(60).getEpochSecond() + "}");
		String[] bad = { sign(new RSASSASigner(other.getPrivate()), JWSAlgorithm.RS256, "read", 60),
				// The public key as a shared secret.
				sign(new MACSigner(ISSUER.getPublic().getEncoded()), JWSAlgorithm.HS256, "read", 60),
				encode("{\"alg\":\"none\"}") + "." + claims + ".", encode("{\"alg\":\"none\"}") + "." + claims + ".x",
				parts[0] + "." + claims + "." + parts[2], parts[0] + "." + parts[1] + ".", "a.b.c",
				token("read", -3600) };
		assertThat(this.http.get("/handlers", "Authorization", bearer(good)).statusCode()).isEqualTo(200);
		String missing = this.http.get("/handlers").body();
		for (String token : bad) {
			assertThat(problem(this.http.get("/handlers", "Authorization", bearer(token)), 401, "unauthorized"))
				.as(token)
				.isNotNull();
			assertThat(this.http.get("/handlers", "Authorization", bearer(token)).body()).isEqualTo(missing);
		}
		assertThat(this.http.get("/handlers", "X-API-Key", token("publish", -3600)).body()).isEqualTo(missing);
	}

	private static String bearer(String token) {
		return "Bearer " + token;
	}

	static String token(String scope, int seconds) throws JOSEException {
		return sign(new RSASSASigner(ISSUER.getPrivate()), JWSAlgorithm.RS256, scope, seconds);
	}

	private static String sign(JWSSigner signer, JWSAlgorithm algorithm, String scope, int seconds)
			throws JOSEException {
		SignedJWT token = new SignedJWT(new JWSHeader(algorithm),
				new JWTClaimsSet.Builder().subject("eve")
					.claim("scope", scope)
					.expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
					.build());
		token.sign(signer);
		return token.serialize();
	}

	private static String encode(String json) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

}
