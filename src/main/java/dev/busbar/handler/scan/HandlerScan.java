package dev.busbar.handler.scan;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

import dev.busbar.bus.EventStreams;
import dev.busbar.event.EndpointDisabled;
import dev.busbar.event.EventDefinition;
import dev.busbar.handler.StreamProperties;
import dev.busbar.handler.remote.RemoteProperties.RemoteHandler;
import dev.busbar.handler.remote.RemoteProperties;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Finds the function beans before any bean is created, and derives from them the
 * properties that Spring Cloud Stream needs.
 */
public final class HandlerScan implements BeanFactoryPostProcessor, EnvironmentAware {

	/** The consumer group of an application without a name. */
	static final String DEFAULT_GROUP = "busbar";

	private ConfigurableEnvironment environment;

	private List<FunctionBean> functions = List.of();

	private Collection<EventDefinition> types = List.of();

	private Map<String, String> handlers = Map.of();

	private Map<String, RemoteHandler> remote = Map.of();

	private EventStreams streams = new EventStreams(List.of());

	private String group = DEFAULT_GROUP;

	/** Set by the container. */
	@SuppressWarnings("NullAway.Init")
	public HandlerScan() {
	}

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = (ConfigurableEnvironment) environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
		StreamProperties properties = Binder.get(this.environment).bindOrCreate("busbar", StreamProperties.class);
		String name = this.environment.getProperty("spring.application.name", "");
		this.group = name.isBlank() ? DEFAULT_GROUP : name;
		FunctionBeans found = FunctionBeans.find(beans);
		this.remote = Binder.get(this.environment).bindOrCreate("busbar", RemoteProperties.class).remote();
		DerivedProperties derived = new DerivedProperties(this.environment);
		// Where there is a feed there are webhooks, and endpoints that may be disabled.
		List<Class<?>> builtIn = derived.feeds() ? List.of(EndpointDisabled.class) : List.of();
		Declarations declarations = new Declarations(found.ours(),
				EventClasses.find(beans, this.environment, properties.eventPackages()), builtIn, properties,
				this.remote);
		this.functions = found.ours();
		this.types = declarations.types();
		this.handlers = declarations.handlers();
		this.streams = declarations.streams(new LinkedHashSet<>(found.plain()), derived.fed());
		derived.add(this.streams, this.group, found);
	}

	/** The function beans whose signatures name event types. */
	public List<FunctionBean> functions() {
		return this.functions;
	}

	/** The event types that they and the configuration declare. */
	public Collection<EventDefinition> types() {
		return this.types;
	}

	/** The remote handlers by name. */
	public Map<String, RemoteHandler> remote() {
		return this.remote;
	}

	/** The name of the handler's bean, or of the remote handler, by event type. */
	public Map<String, String> handlers() {
		return this.handlers;
	}

	/** The streams on which the types travel. */
	public EventStreams streams() {
		return this.streams;
	}

	/** The consumer group: the application's name. */
	public String group() {
		return this.group;
	}

}
