package dev.busbar.outbox;

/**
 * What becomes of events that come in while the broker cannot be reached.
 */
public enum BrokerAway {

	/** They wait in the database, and are published when the broker is back. */
	STORE,

	/** They are refused. */
	REFUSE

}
