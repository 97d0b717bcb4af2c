package dev.busbar.ingress.webhook.scheme;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Message authentication codes (RFC 2104) under one or more keys. Safe for use by several
 * threads.
 */
public final class Hmac {

	private final Algorithm algorithm;

	private final List<SecretKeySpec> keys;

	/**
	 * Creates the codes' maker.
	 * @param algorithm the algorithm
	 * @param keys the keys, none of them empty; any may match, the first one signs
	 */
	public Hmac(Algorithm algorithm, List<byte[]> keys) {
		this.algorithm = algorithm;
		this.keys = keys.stream().map((key) -> new SecretKeySpec(key, algorithm.standardName)).toList();
	}

	/** An HMAC-SHA-256 under texts as keys. */
	public static Hmac sha256(List<String> keys) {
		return new Hmac(Algorithm.SHA256, bytes(keys));
	}

	/** Texts as UTF-8. */
	public static List<byte[]> bytes(List<String> texts) {
		return texts.stream().map((text) -> text.getBytes(StandardCharsets.UTF_8)).toList();
	}

	/**
	 * Compares codes, all of them with those of all keys, and each in constant time.
	 * @param presented the codes as they came
	 * @param content the parts of what they sign
	 * @return whether one is right
	 */
	boolean matches(List<byte[]> presented, byte[]... content) {
		boolean matches = false;
		for (SecretKeySpec key : this.keys) {
			byte[] right = sign(key, content);
			for (byte[] each : presented) {
				matches |= MessageDigest.isEqual(right, each);
			}
		}
		return matches;
	}

	/**
	 * Makes a code under the first key.
	 * @param content the parts of what is signed
	 * @return the code
	 */
	public byte[] sign(byte[]... content) {
		return sign(this.keys.get(0), content);
	}

	private byte[] sign(SecretKeySpec key, byte[]... content) {
		try {
			Mac mac = Mac.getInstance(this.algorithm.standardName);
			mac.init(key);
			for (byte[] part : content) {
				mac.update(part);
			}
			return mac.doFinal();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The hash functions. */
	public enum Algorithm {

		/** For providers who know nothing else. */
		SHA1("HmacSHA1", 20),

		/** SHA-256. */
		SHA256("HmacSHA256", 32),

		/** SHA-384. */
		SHA384("HmacSHA384", 48),

		/** SHA-512. */
		SHA512("HmacSHA512", 64);

		private final String standardName;

		private final int bytes;

		Algorithm(String standardName, int bytes) {
			this.standardName = standardName;
			this.bytes = bytes;
		}

		int bytes() {
			return this.bytes;
		}

	}

}
