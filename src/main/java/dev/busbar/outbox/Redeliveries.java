package dev.busbar.outbox;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Events on their way back to one consumer group. They stay here until their handling is
 * done: the relay sends each when it is due and, should it not come back, again. Methods
 * that write join the running transaction.
 */
public interface Redeliveries {

	/** The event attribute that names the group that alone handles a redelivery. */
	String GROUP = "busbargroup";

	/** The event attribute with a redelivery's token. */
	String TOKEN = "busbartoken";

	/**
	 * Stores redeliveries, in place of any that the inbox knows for the same events.
	 * @param redeliveries what is to be sent
	 */
	void add(List<Redelivery> redeliveries);

	/**
	 * Redeliveries by their tokens.
	 * @param tokens the tokens, of any group
	 * @return those that are still stored
	 */
	Map<UUID, Redelivery> find(Collection<UUID> tokens);

	/**
	 * Ends redeliveries: their events were handled, or became dead letters.
	 * @param tokens the tokens
	 */
	void end(Collection<UUID> tokens);

	/**
	 * The gate of a key: a digest of group, stream and key.
	 * @param group the consumer group
	 * @param stream the stream
	 * @param key the key, null for an event without one, which nothing waits behind
	 * @return 32 bytes, null without a key
	 */
	byte @Nullable [] gate(String group, String stream, @Nullable String key);

	/**
	 * Which gates are closed: an event waits there, delayed, parked or on its way.
	 * @param gates gates
	 * @return those behind which something waits, as hexadecimal text
	 */
	Set<String> closed(Collection<byte[]> gates);

	/**
	 * Opens gates behind which no delayed attempt waits any more: what is parked there
	 * becomes due, in its order. To be called in the transaction that ends the delayed
	 * attempt.
	 * @param gates gates
	 */
	void open(Collection<byte[]> gates);

}
