package dev.busbar.testing;

import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * What can be known of the {@link Canary} without touching it.
 */
public final class Cage {

	/** Its name, for headers and data that name classes. */
	public static final String CANARY = "dev.busbar.testing.Canary";

	private static final String SERIALIZED = "rO0ABXNyABlkZXYuYnVzYmFyLnRlc3RpbmcuQ2FuYXJ5AAAAAAAAAAECAAB4cA==";

	private Cage() {
	}

	/** A serialized canary. */
	public static byte[] serialized() {
		return Base64.getDecoder().decode(SERIALIZED);
	}

	/** What the canary sang, null if it kept silent. */
	public static @Nullable String song() {
		return System.getProperty("busbar.test.canary");
	}

	/** Makes a canary that sang before be silent. */
	public static void hush() {
		System.clearProperty("busbar.test.canary");
	}

}
