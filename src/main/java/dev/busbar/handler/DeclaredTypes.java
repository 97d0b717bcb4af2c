package dev.busbar.handler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.busbar.event.EventDefinition;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.HandlerScan;
import tools.jackson.databind.json.JsonMapper;

/**
 * The event types that a scan has found. A class that cannot be one is refused with the
 * names of the function beans that use it.
 */
final class DeclaredTypes {

	private DeclaredTypes() {
	}

	static EventTypes of(HandlerScan scan, JsonMapper json) {
		List<Class<?>> classes = new ArrayList<>();
		Map<String, String> others = new LinkedHashMap<>();
		for (EventDefinition type : scan.types()) {
			if (type.dataClass() == Map.class) {
				others.put(type.name(), type.stream());
			}
			else {
				classes.add(type.dataClass());
			}
		}
		try {
			return new EventTypes(classes, others, json);
		}
		catch (IllegalArgumentException ex) {
			classes.forEach((each) -> check(each, scan, json));
			throw refused(String.valueOf(ex.getMessage()));
		}
	}

	/** Alone, a class that is refused is known for the one. */
	private static void check(Class<?> dataClass, HandlerScan scan, JsonMapper json) {
		try {
			new EventTypes(List.of(dataClass), json);
		}
		catch (IllegalArgumentException ex) {
			throw refused(ex.getMessage() + ". " + users(dataClass, scan.functions()));
		}
	}

	private static InvalidHandlerException refused(String found) {
		return new InvalidHandlerException(found, "Change the declaration of the event type.");
	}

	private static String users(Class<?> dataClass, List<FunctionBean> functions) {
		List<String> names = functions.stream()
			.filter((function) -> function.input().dataClasses().contains(dataClass)
					|| function.output().dataClasses().contains(dataClass))
			.map((function) -> "'" + function.name() + "'")
			.toList();
		return switch (names.size()) {
			case 0 -> "No function bean uses it.";
			case 1 -> "It is used by the bean " + names.get(0) + ".";
			default -> names.stream().collect(Collectors.joining(", ", "It is used by the beans ", "."));
		};
	}

}
