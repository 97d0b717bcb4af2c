package dev.busbar.bench.ground;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What is prepared for one contestant.
 */
public interface Stage extends AutoCloseable {

	/** How many results are looked at, of each partition or of all. */
	int SAMPLE = 100;

	/** Starts the contestant, with further arguments. */
	Program start(List<String> arguments) throws Exception;

	/**
	 * Stores further orders, which the contestant finds all at once if it runs.
	 * @param like what they are like, with the partitions and types of this stage
	 * @param from the number of the first, one of this kind
	 * @param to one past the number of the last
	 */
	default void store(Orders like, int from, int to) throws Exception {
		throw new UnsupportedOperationException("Orders come from elsewhere");
	}

	/** How many results are stored on the bus by now. */
	long results() throws Exception;

	/** Of how many orders there are results on the bus, however many each has. */
	default long distinctOrders() throws Exception {
		return results();
	}

	/** The database, once the contestant has ended. */
	Connection database() throws SQLException;

	/** What tells the load generator where results can be seen: a setting of it. */
	default String observed() {
		throw new UnsupportedOperationException("Results are counted only");
	}

	/**
	 * The data of some results, spread evenly over all of them; it may take them away.
	 */
	List<String> sample() throws Exception;

	/** Gives back what was taken. */
	@Override
	void close();

}
