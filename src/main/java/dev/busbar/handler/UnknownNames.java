package dev.busbar.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import dev.busbar.bus.EventStream;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.HandlerScan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Warns at start of settings for handlers, producers and streams that the application
 * does not have: a slip of the pen would otherwise leave them without effect in silence.
 * It reads the names as they are configured: what fits no name is not even bound.
 */
final class UnknownNames implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(UnknownNames.class);

	private final HandlerScan scan;

	private final Environment environment;

	UnknownNames(HandlerScan scan, Environment environment) {
		this.scan = scan;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<String> functions = this.scan.functions().stream().map(FunctionBean::name).toList();
		List<String> handlers = new ArrayList<>(functions);
		handlers.addAll(this.scan.remote().keySet());
		check("busbar.handlers", handlers, "no function bean with events has this name", "");
		check("busbar.producers", functions, "no function bean with events has this name", "");
		check("busbar.streams", this.scan.streams().all().stream().map(EventStream::name).toList(),
				"there is no such stream", "; a name with dots stands in brackets: busbar.streams[order.placed]");
	}

	private void check(String prefix, Collection<String> known, String found, String hint) {
		Set<String> uniform = new TreeSet<>();
		known.forEach((name) -> uniform.add(uniform(name)));
		for (String name : configured(ConfigurationPropertyName.of(prefix))) {
			if (!uniform.contains(uniform(name))) {
				logger.warn("The settings '{}.{}' have no effect: {}; known are {}{}", prefix, name, found,
						new TreeSet<>(known), hint);
			}
		}
	}

	private Set<String> configured(ConfigurationPropertyName prefix) {
		Set<String> names = new TreeSet<>();
		ConfigurationPropertySources.get(this.environment).forEach((source) -> {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(prefix::isAncestorOf)
					.forEach((name) -> names.add(name.getElement(prefix.getNumberOfElements(), Form.ORIGINAL)));
			}
		});
		return names;
	}

	/** Environment variables have no capitals and no dashes of their own. */
	private static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
	}

}
