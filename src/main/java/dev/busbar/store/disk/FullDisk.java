package dev.busbar.store.disk;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a write of this process waits for space on a disk. One for the process, as H2
 * and its files are.
 */
public final class FullDisk {

	/** As Linux, macOS and Windows say it. */
	private static final List<String> MESSAGES = List.of("no space left on device", "disk quota exceeded",
			"not enough space on the disk");

	private static final Logger logger = LoggerFactory.getLogger(FullDisk.class);

	private static final AtomicInteger waiting = new AtomicInteger();

	private FullDisk() {
	}

	/** Whether a write waits now. */
	public static boolean isWaitedFor() {
		return waiting.get() > 0;
	}

	static boolean isCause(IOException failure) {
		String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
		return MESSAGES.stream().anyMatch(message::contains);
	}

	static void begin(String file) {
		if (waiting.getAndIncrement() == 0) {
			logger.warn("The disk of {} is full; nothing is stored or acknowledged until there is space", file);
		}
	}

	static void end(String file, boolean written) {
		if (waiting.decrementAndGet() == 0 && written) {
			logger.info("There is space on the disk of {} again", file);
		}
	}

}
