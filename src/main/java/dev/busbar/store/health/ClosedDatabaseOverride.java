package dev.busbar.store.health;

import java.sql.SQLException;
import java.util.Set;

import com.zaxxer.hikari.SQLExceptionOverride;

/**
 * Takes connections out of the pool whose H2 has closed itself, as it does when it could
 * not write, for instance to a full disk. Such a connection says that it is valid, and
 * fails for ever; a new one opens the database again. The packed configuration names this
 * class as the pool's {@code exception-override-class-name}.
 */
public final class ClosedDatabaseOverride implements SQLExceptionOverride {

	/** H2's DATABASE_IS_CLOSED and DATABASE_CALLED_AT_SHUTDOWN. */
	private static final Set<String> CLOSED = Set.of("90098", "90121");

	@java.lang.Override
	public Override adjudicate(SQLException failure) {
		return CLOSED.contains(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
	}

}
