package dev.busbar.testing;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/**
 * A class that no message may bring to life. It tells by a system property, which
 * {@link Cage} reads, that it was initialized, made or deserialized. No test may name it
 * but as text.
 */
public class Canary implements Serializable {

	private static final long serialVersionUID = 1L;

	private static final String SONG = "busbar.test.canary";

	static {
		System.setProperty(SONG, "initialized");
	}

	public Canary() {
		System.setProperty(SONG, "made");
	}

	private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
		System.setProperty(SONG, "deserialized");
		in.defaultReadObject();
	}

}
