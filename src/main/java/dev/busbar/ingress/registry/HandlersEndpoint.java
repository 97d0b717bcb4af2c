package dev.busbar.ingress.registry;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import dev.busbar.event.EventDefinition;
import dev.busbar.handler.HandlerRegistry;
import dev.busbar.handler.HandlerRegistry.Handler;
import dev.busbar.handler.HandlerRegistry.Producer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * Shows the registry: {@code GET /handlers}.
 */
@RestController
class HandlersEndpoint {

	private final HandlerRegistry registry;

	private final EventSchemas schemas = new EventSchemas();

	HandlersEndpoint(HandlerRegistry registry) {
		this.registry = registry;
	}

	@GetMapping("/handlers")
	ResponseEntity<Registry> handlers() {
		List<Type> types = this.registry.types().all().stream().map(this::type).toList();
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.body(new Registry(this.registry.group(), types, this.registry.handlers(), this.registry.producers()));
	}

	private Type type(EventDefinition definition) {
		String name = definition.name();
		Handler handler = this.registry.handlerOf(name).orElse(null);
		Set<String> producers = new TreeSet<>();
		this.registry.producers()
			.stream()
			.filter((producer) -> producer.produces().contains(name))
			.forEach((producer) -> producers.add(producer.bean()));
		this.registry.handlers()
			.stream()
			.filter((each) -> each.results().contains(name))
			.forEach((each) -> producers.add(each.bean()));
		return new Type(name, definition.stream(), (handler != null) ? handler.bean() : null, producers,
				(handler != null) ? new TreeSet<>(handler.results()) : Set.of(),
				this.schemas.of(definition.dataClass()));
	}

	/**
	 * The registry as it is shown.
	 *
	 * @param group the consumer group
	 * @param types the event types
	 * @param handlers the handlers
	 * @param producers the producers
	 */
	record Registry(String group, List<Type> types, List<Handler> handlers, List<Producer> producers) {

	}

	/**
	 * An event type as it is shown.
	 *
	 * @param name its name
	 * @param stream its stream
	 * @param handler the bean that handles it, null if none does here
	 * @param producers the beans that produce it, or return it as a result
	 * @param results the names of the types that its handler may return
	 * @param schema the JSON Schema of its data
	 */
	record Type(String name, String stream, @Nullable String handler, Set<String> producers, Set<String> results,
			JsonNode schema) {

	}

}
