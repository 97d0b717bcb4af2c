package dev.busbar.failure.app;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.busbar.bus.EventBus;
import dev.busbar.event.Event;
import dev.busbar.failure.app.FailureEvents.Booked;
import dev.busbar.failure.app.FailureEvents.Fragile;
import dev.busbar.failure.app.FailureEvents.Large;
import dev.busbar.failure.app.FailureEvents.Ordered;
import dev.busbar.failure.app.FailureEvents.Overtaken;
import dev.busbar.failure.app.FailureEvents.Parked;
import dev.busbar.failure.app.FailureEvents.Slow;
import dev.busbar.failure.app.FailureEvents.Sold;
import org.h2.store.fs.FilePath;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application of a user who has Busbar as a library. Its handlers write their effects
 * into a table, and some of them fail, crawl, or halt the process.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ Journal.class, Halts.class, Calls.class, Sales.class, FailureController.class, JournalController.class })
public class FailureApplication {

	public static void main(String[] args) {
		FilePath.register(new SmallFilePath());
		SpringApplication.run(FailureApplication.class, args);
	}

	@Bean
	Function<Event<Ordered>, Booked> order(Journal journal, Halts halts) {
		return (event) -> {
			Ordered ordered = event.data();
			journal.add(event, ordered.key(), ordered.number());
			halts.aroundCommit(event.id(), ordered.halt());
			return new Booked(ordered.key(), ordered.number(), ordered.halt());
		};
	}

	@Bean
	Consumer<Event<Booked>> book(Journal journal) {
		return (event) -> journal.add(event, event.data().key(), event.data().number());
	}

	@Bean
	Consumer<Event<Slow>> crawl(Journal journal) {
		return (event) -> {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(event.data().millis()));
			journal.add(event, event.data().key(), event.data().number());
		};
	}

	@Bean
	Consumer<Event<Large>> store(Journal journal) {
		return (event) -> journal.add(event, event.data().key(), event.data().number());
	}

	@Bean
	Consumer<Event<Fragile>> handleFragile(Journal journal, Calls calls) {
		return (event) -> {
			calls.count(event.id(), event.data().broken());
			journal.add(event, event.data().key(), event.data().number());
		};
	}

	@Bean
	Consumer<Event<Parked>> handleParked(Journal journal, Calls calls) {
		return (event) -> {
			calls.count(event.id(), event.data().broken());
			journal.add(event, event.data().key(), event.data().number());
		};
	}

	@Bean
	Consumer<Event<Overtaken>> handleOvertaken(Journal journal, Calls calls) {
		return (event) -> {
			calls.count(event.id(), event.data().broken());
			journal.add(event, event.data().key(), event.data().number());
		};
	}

	@Bean
	Consumer<Event<Sold>> sell(Journal journal) {
		return (event) -> journal.add(event, event.data().key(), event.data().number());
	}

	@Bean
	static BeanPostProcessor haltingBus() {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String name) {
				return (bean instanceof EventBus bus) ? new HaltingBus(bus) : bean;
			}

		};
	}

}
