package dev.busbar.outbox.redelivery;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Events on their way back to one consumer group. They stay here until their handling is
 * done: the relay sends each when it is due and, should it not come back, again. One that
 * the broker refuses for good ends as a dead letter. Methods that write join the running
 * transaction.
 */
public interface Redeliveries {

	/** The event attribute that names the group that alone handles a redelivery. */
	String GROUP = "busbargroup";

	/** The event attribute with a redelivery's token. */
	String TOKEN = "busbartoken";

	/**
	 * Stores redeliveries. One of an event that has a redelivery already takes its place
	 * and keeps its number, and with it the place in the order of its key. Gates that are
	 * given are closed.
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
	 * Parks redeliveries that came while an earlier one waits at their gate; they are
	 * sent again when the gate is opened.
	 * @param tokens the tokens
	 */
	void park(Collection<UUID> tokens);

	/**
	 * The gate of a key: a digest of group, stream and key.
	 * @param group the consumer group
	 * @param stream the stream
	 * @param key the key, null for an event without one, which nothing waits behind
	 * @return 32 bytes, null without a key
	 */
	byte @Nullable [] gate(String group, String stream, @Nullable String key);

	/**
	 * Which gates are closed: an event waits there, delayed, parked or on its way. They
	 * are locked for the running transaction: nobody else parks an event there, or ends
	 * one, before it has ended. One query on a table that is nearly always empty.
	 * @param gates gates
	 * @return those behind which something waits, as hexadecimal text
	 */
	Set<String> closed(Collection<byte[]> gates);

	/**
	 * What waits at a gate.
	 * @param gate a gate
	 * @param limit how many at most
	 * @return the tokens of the first redeliveries, in the order of their key
	 */
	List<UUID> waiting(byte[] gate, int limit);

	/**
	 * Opens gates: one where nothing waits any more is gone. Where the first that waits
	 * is parked, all that are parked there become due, in their order; where it is a
	 * delayed attempt, they go on waiting, and where it is for a remote handler, it is
	 * ready for that. To be called in the transaction that ended or parked something at
	 * these gates, so that the first at a gate is always due.
	 * @param gates gates
	 */
	void open(Collection<byte[]> gates);

}
