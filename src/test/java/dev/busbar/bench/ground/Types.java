package dev.busbar.bench.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Which event types the orders are of, in turn. A single one is {@code order.placed},
 * which Busbar's contestant handles; of several each has a record and a handler of its
 * own, whose source is generated and compiled.
 *
 * @param count how many
 * @param shared whether all travel on one stream, and not each on its own
 */
public record Types(int count, boolean shared) {

	/** What all other benchmarks have. */
	public static final Types ONE = new Types(1, false);

	private static final String SHARED = "orders";

	private static final String CLASS = "ManyTypes";

	private static final String PACKAGE = "dev.busbar.bench.app";

	private static final String HEAD = """
			package %s;

			import java.math.BigDecimal;
			import java.util.function.Function;
			import dev.busbar.bench.app.BenchEvents.OrderAccepted;
			import dev.busbar.event.EventKey;
			import dev.busbar.event.EventType;
			import org.springframework.context.annotation.Bean;
			import org.springframework.context.annotation.Configuration;
			import org.springframework.jdbc.core.JdbcTemplate;

			@Configuration(proxyBeanMethods = false)
			class %s {
			""";

	private static final String EACH = """

			@EventType(value = "%1$s", stream = "%2$s")
			record OrderPlaced%3$d(String orderId, @EventKey String customer, int number, String item, int quantity,
					BigDecimal amount, String note) {
			}

			@Bean
			Function<OrderPlaced%3$d, OrderAccepted> acceptOrder%3$d(JdbcTemplate db) {
				return (order) -> BenchApplication.accept(db, order.orderId(), order.customer(), order.number(),
						order.amount(), order.note());
			}
			""";

	/** The type of an order. */
	public String type(int order) {
		return (this.count == 1) ? "order.placed" : "order.placed." + order % this.count;
	}

	/** The stream of an order. */
	public String stream(int order) {
		return this.shared ? SHARED : type(order);
	}

	/** All streams. */
	List<String> streams() {
		return IntStream.range(0, this.count).mapToObj(this::stream).distinct().toList();
	}

	/** What the names of a stream's bindings begin with. */
	static String binding(String stream) {
		return stream.replace("order.placed", "orderPlaced").replace(".", "");
	}

	/** Declares them in the configuration of one that has none of the classes. */
	List<String> declarations() {
		return (this.count == 1) ? List.of()
				: IntStream.range(0, this.count)
					.mapToObj((each) -> "--busbar.types[" + type(each) + "].stream=" + stream(each))
					.toList();
	}

	/** Has Busbar's contestant handle these, and nothing else. */
	List<String> arguments() {
		return (this.count == 1) ? List.of()
				: List.of("--bench.handler=types", "--spring.main.sources=" + PACKAGE + "." + CLASS);
	}

	/** What its class path needs besides: the compiled classes. */
	List<Path> classes() {
		if (this.count == 1) {
			return List.of();
		}
		Path folder = Path.of("target", "bench-types", this.count + (this.shared ? "-shared" : "-own"))
			.toAbsolutePath();
		try {
			compile(Files.createDirectories(folder));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return List.of(folder);
	}

	private void compile(Path folder) throws IOException {
		StringBuilder source = new StringBuilder(HEAD.formatted(PACKAGE, CLASS));
		for (int i = 0; i < this.count; i++) {
			source.append(EACH.formatted(type(i), stream(i), i));
		}
		Path file = Files.writeString(folder.resolve(CLASS + ".java"), source.append("}\n"));
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		List<String> options = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", folder.toString(), "-cp",
				System.getProperty("java.class.path"), file.toString()));
		if (compiler == null || compiler.run(null, null, null, options.toArray(String[]::new)) != 0) {
			throw new IllegalStateException("It does not compile, or this is no JDK: " + file);
		}
	}

}
