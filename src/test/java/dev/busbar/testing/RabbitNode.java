package dev.busbar.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The process of a RabbitMQ node with a folder, ports and a name of its own.
 */
final class RabbitNode {

	private final ProcessBuilder builder;

	private final String name;

	private final Path folder;

	private @Nullable Process process;

	RabbitNode(Path program, int port, String settings) {
		this.name = "busbar" + port + "@localhost";
		try {
			this.folder = Files.createTempDirectory("busbar-rabbitmq-");
			// The program hands over to the user rabbitmq when root calls it.
			this.folder.toFile().setWritable(true, false);
			this.folder.toFile().setExecutable(true, false);
			this.folder.toFile().setReadable(true, false);
			this.builder = new ProcessBuilder(program.toString()).redirectErrorStream(true)
				.redirectOutput(Redirect.appendTo(this.folder.resolve("start.log").toFile()));
			// The machine's own configuration would outrank RABBITMQ_NODE_PORT.
			Path configuration = Files.writeString(this.folder.resolve("rabbitmq.conf"), settings);
			environment("NODENAME", this.name);
			environment("CONFIG_FILE", configuration.toString());
			environment("CONF_ENV_FILE", Files.createFile(this.folder.resolve("environment")).toString());
			environment("DIST_PORT", Integer.toString(FreePort.find()));
			environment("MNESIA_BASE", this.folder.toString());
			environment("LOG_BASE", this.folder.toString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** As {@code rabbitmqctl} calls it. */
	String name() {
		return this.name;
	}

	void start(Callable<Boolean> listens) {
		Process running = this.process;
		if (running != null && running.isAlive()) {
			return;
		}
		try {
			Process started = this.builder.start();
			this.process = started;
			Awaitility.await("RabbitMQ, see " + this.folder)
				.atMost(Duration.ofSeconds(120))
				.failFast("RabbitMQ ended at its start, see " + this.folder, () -> !started.isAlive())
				.until(listens);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void kill() {
		Process running = this.process;
		if (running != null) {
			// The first ones are shells that hand over to other users.
			running.descendants().forEach(ProcessHandle::destroyForcibly);
			running.destroyForcibly();
			awaitEnd();
		}
	}

	void awaitEnd() {
		Process running = this.process;
		try {
			if (running != null && !running.waitFor(40, TimeUnit.SECONDS)) {
				running.descendants().forEach(ProcessHandle::destroyForcibly);
				running.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void environment(String key, String value) {
		this.builder.environment().put("RABBITMQ_" + key, value);
	}

}
