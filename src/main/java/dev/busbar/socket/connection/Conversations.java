package dev.busbar.socket.connection;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that one connection is about.
 */
final class Conversations {

	private static final Logger logger = LoggerFactory.getLogger(Conversations.class);

	private final Map<String, Conversation> byAction = new LinkedHashMap<>();

	private final Collection<Conversation> all = new LinkedHashSet<>();

	Conversations(SocketConnection connection, List<Topic> topics) {
		topics.forEach((topic) -> {
			Conversation conversation = topic.open(connection);
			this.all.add(conversation);
			topic.actions().forEach((action) -> this.byAction.put(action, conversation));
		});
	}

	/**
	 * To which an action belongs.
	 * @throws dev.busbar.problem.ProblemException if it is not known
	 */
	Conversation of(String action) {
		Conversation conversation = this.byAction.get(action);
		if (conversation == null) {
			throw MessageFailure.unknown(action, this.byAction.keySet()).asException();
		}
		return conversation;
	}

	void drained() {
		this.all.forEach(Conversation::drained);
	}

	void leave() {
		this.all.forEach(Conversation::leave);
	}

	/** Ends each, whatever becomes of the others. */
	void closed() {
		for (Conversation conversation : this.all) {
			try {
				conversation.closed();
			}
			catch (RuntimeException ex) {
				logger.warn("The end of a WebSocket left something open: {}", ex.toString());
			}
		}
	}

}
