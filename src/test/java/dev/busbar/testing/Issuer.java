package dev.busbar.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

/**
 * Gives out JWTs, signed with a key of its own.
 */
public final class Issuer {

	private static final KeyPair KEYS = keyPair();

	private Issuer() {
	}

	/** The public key. */
	public static byte[] publicKey() {
		return KEYS.getPublic().getEncoded();
	}

	/** The public key as a file, of which this is the address. */
	public static String address() throws IOException {
		Path file = Files.createTempFile("issuer", ".pem");
		file.toFile().deleteOnExit();
		Files.writeString(file, "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(publicKey())
				+ "\n-----END PUBLIC KEY-----\n");
		return file.toUri().toString();
	}

	/**
	 * A JWT.
	 * @param scope the scopes
	 * @param seconds for how long it is valid, from now on
	 */
	public static String token(String scope, int seconds) throws JOSEException {
		return sign(new RSASSASigner(KEYS.getPrivate()), JWSAlgorithm.RS256, scope, seconds);
	}

	/** A JWT that is signed in another way. */
	public static String sign(JWSSigner signer, JWSAlgorithm algorithm, String scope, int seconds)
			throws JOSEException {
		SignedJWT token = new SignedJWT(new JWSHeader(algorithm),
				new JWTClaimsSet.Builder().subject("eve")
					.claim("scope", scope)
					.expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
					.build());
		token.sign(signer);
		return token.serialize();
	}

	/** A new pair of keys. */
	public static KeyPair keyPair() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(2048);
			return generator.generateKeyPair();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
