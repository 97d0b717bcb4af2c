package dev.busbar.contract.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application whose handlers are slow, or never return the first time.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ Effects.class, EffectsController.class })
public class StubbornApplication {

	@EventType("stubborn.hung")
	record Hung(@EventKey String key, int number) {
	}

	@EventType("stubborn.stuck")
	record Stuck(@EventKey String key, int number) {
	}

	@EventType("stubborn.slow")
	record Slow(@EventKey String key, int number) {
	}

	@EventType("stubborn.faltering")
	record Faltering(@EventKey String key, int number) {
	}

	public static void main(String[] args) {
		SpringApplication.run(StubbornApplication.class, args);
	}

	@Bean
	Consumer<Hung> hang(Effects effects) {
		return (hung) -> {
			hangOnce("hung");
			effects.add("stubborn.hung", hung.key(), hung.number(), "");
		};
	}

	@Bean
	Consumer<Stuck> stick(Effects effects) {
		return (stuck) -> {
			hangOnce("stuck");
			effects.add("stubborn.stuck", stuck.key(), stuck.number(), "");
		};
	}

	@Bean
	Consumer<Slow> crawl(Effects effects) {
		return (slow) -> {
			await(new CountDownLatch(1), 10);
			effects.add("stubborn.slow", slow.key(), slow.number(), "");
		};
	}

	/** Fails in the first process, which has long to wait for its next attempt. */
	@Bean
	Consumer<Faltering> falter(Effects effects) {
		boolean first = !Files.exists(Path.of("hung"));
		return (faltering) -> {
			if (first) {
				throw new IllegalStateException("not yet");
			}
			effects.add("stubborn.faltering", faltering.key(), faltering.number(), "");
		};
	}

	/** Never returns the first time, whatever process it is. */
	private static void hangOnce(String name) {
		try {
			Files.createFile(Path.of(name));
			await(new CountDownLatch(1), TimeUnit.DAYS.toMillis(1));
		}
		catch (FileAlreadyExistsException ex) {
			// It has hung before.
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void await(CountDownLatch never, long millis) {
		boolean interrupted = false;
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
			try {
				if (never.await(left, TimeUnit.NANOSECONDS)) {
					return;
				}
			}
			catch (InterruptedException ex) {
				// Stubborn: it does not listen.
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
