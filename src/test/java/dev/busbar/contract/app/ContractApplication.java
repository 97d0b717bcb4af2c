package dev.busbar.contract.app;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.busbar.contract.app.ContractEvents.Accepted;
import dev.busbar.contract.app.ContractEvents.Answer;
import dev.busbar.contract.app.ContractEvents.Asked;
import dev.busbar.contract.app.ContractEvents.Blown;
import dev.busbar.contract.app.ContractEvents.Closed;
import dev.busbar.contract.app.ContractEvents.Crashed;
import dev.busbar.contract.app.ContractEvents.Inflated;
import dev.busbar.contract.app.ContractEvents.Measured;
import dev.busbar.contract.app.ContractEvents.Met;
import dev.busbar.contract.app.ContractEvents.Moved;
import dev.busbar.contract.app.ContractEvents.Noted;
import dev.busbar.contract.app.ContractEvents.Opened;
import dev.busbar.contract.app.ContractEvents.Owed;
import dev.busbar.contract.app.ContractEvents.Paused;
import dev.busbar.contract.app.ContractEvents.Refused;
import dev.busbar.contract.app.ContractEvents.Shared;
import dev.busbar.contract.app.ContractEvents.Ticked;
import dev.busbar.contract.app.ContractEvents.Troubled;
import dev.busbar.contract.app.ContractEvents.Wound;
import dev.busbar.event.Event;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application of a user who has Busbar as a library. Its handlers write their effects
 * into a table in the transaction in which they are called.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ Effects.class, EffectsController.class, Trouble.class })
public class ContractApplication {

	public static void main(String[] args) {
		SpringApplication.run(ContractApplication.class, args);
	}

	@Bean
	Consumer<Event<Noted>> note(Effects effects) {
		return (event) -> effects.add(event.type(), event.data().key(), event.data().number(), event.id());
	}

	@Bean
	Consumer<Met> meet(Effects effects, Trouble trouble) {
		return (met) -> effects.add("contract.met", met.key(), met.number(), trouble.meet() ? "together" : "alone");
	}

	@Bean
	Consumer<Opened> open(Effects effects) {
		return (opened) -> effects.add("contract.opened", opened.key(), opened.number(), "");
	}

	@Bean
	Consumer<Moved> move(Effects effects) {
		return (moved) -> effects.add("contract.moved", moved.key(), moved.number(), "");
	}

	@Bean
	Consumer<Closed> close(Effects effects) {
		return (closed) -> effects.add("contract.closed", closed.key(), closed.number(), "");
	}

	@Bean
	Consumer<Shared> share(Effects effects) {
		String process = Long.toString(ProcessHandle.current().pid());
		return (shared) -> effects.add("contract.shared", shared.key(), shared.number(), process);
	}

	@Bean
	Function<Asked, Answer> answer(Effects effects) {
		String process = Long.toString(ProcessHandle.current().pid());
		return (asked) -> {
			effects.add("contract.asked", asked.key(), asked.number(), process);
			return (asked.number() % 2 == 0) ? new Accepted(asked.key(), asked.number())
					: new Refused(asked.key(), asked.number());
		};
	}

	@Bean
	Function<Inflated, Blown> inflate(Effects effects) {
		return (inflated) -> {
			effects.add("contract.inflated", inflated.key(), inflated.number(), "");
			return new Blown(inflated.key(), "x".repeat(inflated.number()));
		};
	}

	@Bean
	Consumer<Event<Accepted>> accept(Effects effects) {
		return (event) -> effects.add(event.type(), event.data().key(), event.data().number(),
				String.valueOf(event.causationId()));
	}

	@Bean
	Consumer<Event<Refused>> refuse(Effects effects) {
		return (event) -> effects.add(event.type(), event.data().key(), event.data().number(),
				String.valueOf(event.causationId()));
	}

	@Bean
	Consumer<List<Measured>> aggregate(Effects effects) {
		return (batch) -> batch.forEach((measured) -> effects.add("contract.measured", measured.key(),
				measured.number(), Integer.toString(batch.size())));
	}

	@Bean
	Consumer<Event<Troubled>> trouble(Effects effects, Trouble trouble) {
		return (event) -> {
			effects.add(event.type(), event.data().key(), event.data().number(), event.id());
			trouble.failCommit(event.id(), event.data().number());
		};
	}

	@Bean
	Consumer<Event<Crashed>> crash(Effects effects, Trouble trouble) {
		return (event) -> {
			effects.add(event.type(), event.data().key(), event.data().number(), event.id());
			if (event.data().number() == 1) {
				trouble.haltAfterCommit(event.id());
			}
		};
	}

	@Bean
	Consumer<Paused> pause(Effects effects) {
		return (paused) -> effects.add("contract.paused", paused.key(), paused.number(), "");
	}

	@Bean
	Consumer<Owed> settle(Effects effects) {
		return (owed) -> {
			effects.add("contract.owed", owed.key(), owed.number(), "");
			if (owed.number() < 0) {
				throw new IllegalArgumentException("nobody owes less than nothing");
			}
		};
	}

	@Bean
	Queue<Ticked> clockwork() {
		return new ConcurrentLinkedQueue<>();
	}

	@Bean
	Consumer<Wound> wind(Queue<Ticked> clockwork) {
		return (wound) -> clockwork.add(new Ticked(wound.key(), wound.number()));
	}

	@Bean
	Supplier<Optional<Ticked>> tick(Queue<Ticked> clockwork) {
		return () -> Optional.ofNullable(clockwork.poll());
	}

	@Bean
	Consumer<Ticked> hearTicking(Effects effects) {
		return (ticked) -> effects.add("contract.ticked", ticked.key(), ticked.number(), "");
	}

	/** A plain function of Spring Cloud Stream, whose bindings the user has set. */
	@Bean
	Function<String, String> shout() {
		return (text) -> text.toUpperCase(Locale.ROOT);
	}

	@Bean
	Consumer<String> hear(Effects effects) {
		return (text) -> effects.add("plain", text, 0, "");
	}

}
