package dev.busbar.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

import org.awaitility.Awaitility;

/**
 * A server in a container, for machines that have Docker and not the server itself.
 */
final class DockerContainer {

	private final String docker;

	/**
	 * Uses a program.
	 * @param docker the name or path of Docker's client
	 */
	DockerContainer(String docker) {
		this.docker = docker;
	}

	/** Whether there is a client, and an engine that answers it. */
	boolean available() {
		return Command.succeeds(this.docker, "info");
	}

	/**
	 * Starts a container, which ends with the JVM, and returns when it answers.
	 * @param image the image and its version
	 * @param inside the port of the server in the container
	 * @param answers whether the server on a port of the loopback address answers
	 * @param options more options of {@code docker run}
	 * @return the port
	 */
	int start(String image, int inside, IntPredicate answers, String... options) {
		int port = FreePort.find();
		String name = "busbar-tests-" + port;
		List<String> command = new ArrayList<>(List.of(this.docker, "run", "--rm", "--detach", "--name", name,
				"--publish", "127.0.0.1:" + port + ":" + inside));
		command.addAll(List.of(options));
		command.add(image);
		Command.run(command.toArray(String[]::new));
		Runtime.getRuntime().addShutdownHook(new Thread(() -> Command.succeeds(this.docker, "rm", "--force", name)));
		Awaitility.await("the container " + name + " of " + image)
			.atMost(Duration.ofMinutes(2))
			.until(() -> answers.test(port));
		return port;
	}

}
