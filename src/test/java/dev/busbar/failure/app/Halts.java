package dev.busbar.failure.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The points at which an event halts the process, as {@code kill -9} would, once per
 * event, restarts included. {@link HaltingBus} knows those that are on the bus.
 */
class Halts {

	/** All is written, nothing is committed. */
	static final String BEFORE_COMMIT = "before-commit";

	/** All is committed, nothing is published. */
	static final String BEFORE_PUBLISH = "before-publish";

	/** The results are published, the input is not acknowledged. */
	static final String BEFORE_ACKNOWLEDGE = "before-acknowledge";

	/** The relay has sent the event, and not marked it. */
	static final String BEFORE_MARK = "before-mark";

	/** Halts around the commit of the running transaction, if that is the point. */
	void aroundCommit(String id, @Nullable String point) {
		if (point == null) {
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void beforeCommit(boolean readOnly) {
				if (point.equals(BEFORE_COMMIT)) {
					once(id);
				}
			}

			@Override
			public void afterCommit() {
				if (point.equals(BEFORE_PUBLISH)) {
					once(id);
				}
			}

		});
	}

	/** Halts the process, unless it has halted for this id before. */
	static void once(String id) {
		try {
			Files.createFile(Path.of("halted-" + id));
			Runtime.getRuntime().halt(137);
		}
		catch (FileAlreadyExistsException ex) {
			// It has died of this event before.
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
