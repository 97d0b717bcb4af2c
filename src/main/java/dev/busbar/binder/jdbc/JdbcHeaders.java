package dev.busbar.binder.jdbc;

/**
 * Names of the headers that a consumer gets.
 */
public final class JdbcHeaders {

	/** In batch mode: a list of maps, the headers of each record. */
	public static final String BATCHED_HEADERS = "jdbc_batchedHeaders";

	/** The record's offset in its partition, a Long. */
	public static final String OFFSET = "jdbc_offset";

	/** The number of the partition, an Integer. */
	public static final String PARTITION = "jdbc_partition";

	/** The destination, a String. */
	public static final String DESTINATION = "jdbc_destination";

	private JdbcHeaders() {
	}

}
