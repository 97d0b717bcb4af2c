package dev.busbar.bench.ground;

/**
 * A broker with a database, on which contestants run one after the other.
 */
public interface Ground extends AutoCloseable {

	/** The name, fit for a file. */
	String name();

	/** The name for people. */
	String title();

	/** The profile of Busbar that selects the broker. */
	default String profile() {
		return "embedded";
	}

	/** The versions of broker and database. */
	String versions() throws Exception;

	/** What it takes until something counts as stored. */
	String durability();

	/**
	 * Prepares a broker and a database that hold nothing but orders, for one contestant.
	 * @param entrant who it is for
	 * @param orders what is stored
	 */
	Stage stage(Entrant entrant, Orders orders) throws Exception;

	/**
	 * Prepares an empty broker and an empty database for one that takes events by HTTP.
	 * Its {@link Stage#results()} are the events that were stored.
	 * @param entrant Busbar or the floor
	 * @param port where it is to listen
	 */
	IngressStage ingress(Entrant entrant, int port) throws Exception;

	@Override
	void close();

}
