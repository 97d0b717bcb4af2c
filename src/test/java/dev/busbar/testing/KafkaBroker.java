package dev.busbar.testing;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The entry point of the process that {@link KafkaProcess} starts: formats the storage if
 * it is new, runs Kafka, and ends when the parent process does. Kafka is on the class
 * path of that process only, hence the reflection.
 */
final class KafkaBroker {

	private KafkaBroker() {
	}

	public static void main(String[] args) throws Exception {
		Path configuration = Path.of(args[0]);
		Path data = Path.of(args[1]);
		Thread parent = new Thread(KafkaBroker::endWithParent, "parent");
		parent.setDaemon(true);
		parent.start();
		if (!Files.exists(data.resolve("meta.properties"))) {
			String[] format = { "format", "--cluster-id", "YnVzYmFyLXRlc3RzLS0tLQ", "--config",
					configuration.toString() };
			Class.forName("kafka.tools.StorageTool")
				.getMethod("execute", String[].class, PrintStream.class)
				.invoke(null, format, System.out);
		}
		Class.forName("kafka.Kafka")
			.getMethod("main", String[].class)
			.invoke(null, (Object) new String[] { configuration.toString() });
	}

	/** The parent holds the other end of the standard input and never writes to it. */
	private static void endWithParent() {
		try {
			System.in.read();
		}
		catch (IOException ex) {
			// As good as its end.
		}
		Runtime.getRuntime().halt(1);
	}

}
