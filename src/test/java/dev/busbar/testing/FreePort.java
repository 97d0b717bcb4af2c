package dev.busbar.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody listens on.
 * <p>
 * They lie below 32768, where Linux begins to give ports to outgoing connections (see
 * {@code ip_local_port_range} in ip(7)): between the choice of a port and the moment in
 * which a process listens on it there may be many seconds, in which a connection of
 * another test would take it.
 */
public final class FreePort {

	private static final int FIRST = 12_000;

	private static final int END = 32_000;

	private static final int TRIES = 1_000;

	private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

	private FreePort() {
	}

	/**
	 * A port that was free a moment ago, another one at each call.
	 */
	public static int find() {
		for (int i = 0; i < TRIES; i++) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, END);
			if (isFree(port) && GIVEN.add(port)) {
				return port;
			}
		}
		throw new IllegalStateException("None of " + TRIES + " ports from " + FIRST + " to " + (END - 1) + " is free");
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port)) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
