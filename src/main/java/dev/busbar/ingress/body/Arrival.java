package dev.busbar.ingress.body;

import java.io.IOException;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * Gives what has come of a body, where the server can do so without waiting.
 */
@FunctionalInterface
interface Arrival {

	/** The request attribute that holds it. */
	String ATTRIBUTE = Arrival.class.getName();

	/**
	 * Takes the next bytes that are there; whoever reads the request later reads on after
	 * them.
	 * @return the bytes, null if there are none now
	 * @throws IOException if the client is gone
	 */
	@Nullable ByteBuffer next() throws IOException;

}
