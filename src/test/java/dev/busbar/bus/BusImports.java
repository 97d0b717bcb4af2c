package dev.busbar.bus;

import org.springframework.context.annotation.DeferredImportSelector;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotationMetadata;

/**
 * The auto-configuration that the bus needs, and no other.
 */
public class BusImports implements DeferredImportSelector, Ordered {

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public String[] selectImports(AnnotationMetadata importing) {
		return new String[] { "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
				"org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration",
				"org.springframework.cloud.function.context.config.ContextFunctionCatalogAutoConfiguration",
				"org.springframework.cloud.function.cloudevent.CloudEventsFunctionExtensionConfiguration",
				"org.springframework.cloud.stream.config.BinderFactoryAutoConfiguration",
				"org.springframework.cloud.stream.config.BindingServiceConfiguration",
				"org.springframework.cloud.stream.function.FunctionConfiguration",
				"dev.busbar.bus.binding.BindingConfiguration", "dev.busbar.bus.commit.BusConfiguration" };
	}

}
