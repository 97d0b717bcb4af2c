package dev.busbar.handler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.scan.EventSide;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.FunctionKind;
import dev.busbar.handler.scan.HandlerScan;

/**
 * The registry of what was found among the beans.
 */
final class FoundHandlers implements HandlerRegistry {

	private final String group;

	private final EventTypes types;

	private final List<Handler> handlers = new ArrayList<>();

	private final List<Producer> producers = new ArrayList<>();

	FoundHandlers(HandlerScan scan, EventTypes types, ProducerProperties properties) {
		this.group = scan.group();
		this.types = types;
		List<FunctionBean> functions = new ArrayList<>(scan.functions());
		functions.sort(Comparator.comparing(FunctionBean::name));
		for (FunctionBean function : functions) {
			if (function.kind() == FunctionKind.SUPPLIER) {
				this.producers.add(new Producer(function.name(), names(function.output()),
						properties.producer(function.name()).describe()));
			}
			else {
				this.handlers.add(new Handler(function.name(), names(function.input()), names(function.output()),
						function.input().many(), false));
			}
		}
		scan.remote()
			.forEach((name, remote) -> this.handlers
				.add(new Handler(name, Set.of(remote.handles()), new LinkedHashSet<>(remote.results()), false, true)));
		this.handlers.sort(Comparator.comparing(Handler::bean));
	}

	private Set<String> names(EventSide side) {
		Set<String> names = new LinkedHashSet<>();
		side.dataClasses()
			.forEach((type) -> names.add(this.types.byClass(type).map(EventDefinition::name).orElseThrow()));
		return names;
	}

	@Override
	public String group() {
		return this.group;
	}

	@Override
	public EventTypes types() {
		return this.types;
	}

	@Override
	public List<Handler> handlers() {
		return List.copyOf(this.handlers);
	}

	@Override
	public List<Producer> producers() {
		return List.copyOf(this.producers);
	}

	@Override
	public Optional<Handler> handlerOf(String type) {
		return this.handlers.stream().filter((handler) -> handler.handles().contains(type)).findFirst();
	}

}
