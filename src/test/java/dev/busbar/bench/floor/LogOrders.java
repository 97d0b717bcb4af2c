package dev.busbar.bench.floor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.busbar.bench.floor.LogProgress.Connections;
import dev.busbar.bench.floor.Order.Result;
import dev.busbar.bench.ground.Orders;
import dev.busbar.bench.ground.Types;

/**
 * Stores orders in the log in one transaction, so that whoever waits for them finds all
 * at once. On H2, where nobody else can write into the database, a thread of the
 * contestant does it when a file asks for it.
 */
public final class LogOrders {

	/** The file that asks for orders. */
	public static final String ASKED = "orders";

	/** The file that says up to which number there are orders. */
	public static final String STORED = "orders.stored";

	private static final int MOST = 1_000;

	private static final int BYTES = 8_000_000;

	private static volatile boolean storing;

	private LogOrders() {
	}

	/**
	 * Stores orders.
	 * @param connection the database
	 * @param orders what they are like
	 * @param from the number of the first
	 * @param to one past the number of the last
	 */
	public static void append(Connection connection, Orders orders, int from, int to) throws SQLException {
		connection.setAutoCommit(false);
		Types types = orders.types();
		Map<String, FloorLog> logs = new HashMap<>();
		int batch = Math.max(1, Math.min(MOST, BYTES / (orders.note() + 500)));
		for (int first = from; first < to; first += batch) {
			Instant now = Instant.now();
			Map<String, List<Result>> results = new HashMap<>();
			for (int i = first; i < Math.min(to, first + batch); i++) {
				results.computeIfAbsent(types.stream(i), (stream) -> new ArrayList<>())
					.add(new Result(types.type(i), null, Orders.id(i), orders.key(i), now, orders.data(i)));
			}
			for (Map.Entry<String, List<Result>> of : results.entrySet()) {
				FloorLog log = logs.get(of.getKey());
				if (log == null) {
					log = new FloorLog(connection, of.getKey());
					logs.put(of.getKey(), log);
				}
				log.append(of.getValue());
			}
		}
		connection.commit();
		if (!logs.isEmpty()) {
			logs.values().iterator().next().sync();
		}
	}

	/** Asks a program for orders: from, to, keys, note, kind and types, in one line. */
	public static void ask(Path folder, Orders orders, int from, int to) throws IOException {
		replace(folder, ASKED, from + " " + to + " " + orders.keys() + " " + orders.note() + " " + orders.kind() + " "
				+ orders.types().count() + " " + orders.types().shared());
	}

	/** Whether orders are being stored that nobody can see yet. */
	static boolean storing() {
		return storing;
	}

	/** Starts the thread that stores what is asked for. */
	public static void onRequest(Connections connections) {
		Thread thread = new Thread(() -> {
			try {
				run(connections);
			}
			catch (SQLException | IOException ex) {
				ex.printStackTrace();
				Runtime.getRuntime().halt(1);
			}
		}, "orders");
		thread.setDaemon(true);
		thread.start();
	}

	private static void run(Connections connections) throws SQLException, IOException {
		Path asked = Path.of(ASKED);
		while (true) {
			if (Files.exists(asked)) {
				String[] numbers = Files.readString(asked).split(" ", -1);
				Files.delete(asked);
				Orders orders = Orders.usual(0)
					.withKeys(Integer.parseInt(numbers[2]))
					.withNote(Integer.parseInt(numbers[3]))
					.withKind(Integer.parseInt(numbers[4]))
					.withTypes(new Types(Integer.parseInt(numbers[5]), Boolean.parseBoolean(numbers[6])));
				storing = true;
				try (Connection connection = connections.open()) {
					append(connection, orders, Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
				}
				storing = false;
				replace(Path.of(""), STORED, numbers[1]);
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
		}
	}

	private static void replace(Path folder, String file, String text) throws IOException {
		Path next = Files.writeString(folder.resolve(file + ".next"), text);
		Files.move(next, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
	}

}
