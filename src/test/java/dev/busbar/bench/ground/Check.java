package dev.busbar.bench.ground;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether the work was really done: what makes a run fail.
 */
public final class Check {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private static final String KIND = "CAST(SUBSTRING(order_id FROM 3) AS INTEGER) / " + Orders.NUMBERS;

	private Check() {
	}

	/**
	 * Checks a stage whose contestant has stopped in good order, at whatever place: each
	 * order has one state row, one inbox row, and one result on the bus; the orders of
	 * each customer, of each kind, were taken from the first on without a gap; some
	 * results of each kind say what they should.
	 * @param entrant who has worked there
	 * @param stage where
	 * @param stored what was stored, of each kind
	 * @param before how many rows the inbox had before
	 * @return how many orders were handled
	 */
	public static long done(Entrant entrant, Stage stage, List<Orders> stored, long before) throws Exception {
		long states;
		try (Connection database = stage.database()) {
			states = count(database, "SELECT COUNT(*) FROM bench_order");
			assertThat(count(database, "SELECT COUNT(DISTINCT order_id) FROM bench_order"))
				.as("orders with a state, %s", entrant.title())
				.isEqualTo(states)
				.isPositive();
			assertThat((entrant == Entrant.MODULITH) ? 0
					: count(database,
							"SELECT COUNT(*) FROM (SELECT customer FROM bench_order GROUP BY customer, " + KIND
									+ " HAVING COUNT(*) <> MAX(number) + 1) AS gap"))
				.as("customers with a gap in their orders, %s", entrant.title())
				.isZero();
			if (entrant.inbox() != null) {
				assertThat(count(database, "SELECT COUNT(*) FROM " + entrant.inbox()))
					.as("inbox rows, %s", entrant.title())
					.isEqualTo(before + states);
			}
		}
		if (entrant == Entrant.PEER_A) {
			System.out.printf("%s: %d states, %d results%n", entrant.title(), states, stage.results());
		}
		else {
			long results = stage.results();
			if (results > states) {
				// A confirmation that came too late: the same event once more.
				System.out.printf("%s: %d results of %d orders are on the bus%n", entrant.title(), results, states);
				assertThat(results - states).as("results published twice, %s", entrant.title())
					.isLessThanOrEqualTo(Math.max(5, states / 1_000));
				results = stage.distinctOrders();
			}
			assertThat(results).as("results on the bus, %s", entrant.title()).isEqualTo(states);
		}
		Set<Orders> seen = new HashSet<>();
		for (String result : stage.sample()) {
			JsonNode data = JSON.readTree(result);
			assertThat(data.required("orderId").asString()).startsWith("o-");
			int number = Integer.parseInt(data.required("orderId").asString().substring(2));
			assertThat(stored).filteredOn((orders) -> orders.has(number))
				.singleElement()
				.satisfies(seen::add)
				.extracting((orders) -> orders.key(number))
				.isEqualTo(data.required("customer").asString());
			assertThat(data.required("amount").decimalValue()).isEqualByComparingTo("123.45");
		}
		assertThat(seen).as("kinds of orders among some results, %s", entrant.title())
			.containsExactlyInAnyOrderElementsOf(stored);
		return states;
	}

	/** How many orders of a kind have a state. */
	public static long states(Stage stage, Orders like) throws SQLException {
		try (Connection database = stage.database()) {
			return count(database, "SELECT COUNT(*) FROM bench_order WHERE " + KIND + " = " + like.kind());
		}
	}

	/** The order that a result tells of. */
	static String order(byte[] result) {
		return JSON.readTree(result).required("orderId").asString();
	}

	static long count(Connection database, String sql) throws SQLException {
		try (Statement statement = database.createStatement(); ResultSet row = statement.executeQuery(sql)) {
			row.next();
			return row.getLong(1);
		}
	}

}
