package dev.busbar.ingress.registry;

import dev.busbar.handler.HandlerRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Shows the registry over HTTP.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class RegistryConfiguration {

	@Bean
	HandlersEndpoint busbarHandlersEndpoint(HandlerRegistry registry) {
		return new HandlersEndpoint(registry);
	}

}
