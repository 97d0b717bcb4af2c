package dev.busbar.handler.result;

/**
 * An event came under the source and id of another one that has other data.
 */
public class EventConflictException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Tells of an event that cannot be handled under its id.
	 * @param id the id
	 * @param source the source
	 */
	public EventConflictException(String id, String source) {
		super("Another event with the id '" + id + "' from '" + source
				+ "' came before, with other data. Give each event an id of its own.");
	}

}
