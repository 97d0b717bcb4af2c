package dev.busbar.testing;

/**
 * A server of the tests' own, which can be taken away and comes back on the same port
 * with its data.
 */
public interface Server extends AutoCloseable {

	/** Starts it, if it does not run, and returns when it serves clients. */
	void start();

	/** Ends it in good order. */
	void stop();

	/** Ends it at once, as {@code kill -9} does. */
	void kill();

	@Override
	default void close() {
		kill();
	}

}
