package dev.busbar.ingress.access;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Guards the web server.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(AccessProperties.class)
public class AccessConfiguration {

	@Bean
	static ListenAddressCheck busbarListenAddressCheck(ApiKeys keys, AccessProperties properties) {
		return new ListenAddressCheck(properties.open() || !keys.isEmpty(), "server.address");
	}

	@Bean
	ApiKeys busbarApiKeys(AccessProperties properties) {
		return new ApiKeys(properties.keys());
	}

	@Bean
	FilterRegistrationBean<AccessFilter> busbarAccessFilter(ApiKeys keys, AccessProperties properties,
			ObjectProvider<OwnCredentials> own, Environment environment, DispatcherServletPath servlet) {
		return register(keys, properties, own.orderedStream().toList(), environment, servlet.getPrefix());
	}

	@Bean
	FilterRegistrationBean<EndpointBodyFilter> busbarEndpointBodyFilter(Environment environment,
			DispatcherServletPath servlet) {
		return bounded(environment, servlet.getPrefix());
	}

	static FilterRegistrationBean<EndpointBodyFilter> bounded(Environment environment, String prefix) {
		FilterRegistrationBean<EndpointBodyFilter> registration = new FilterRegistrationBean<>(
				new EndpointBodyFilter());
		registration.addUrlPatterns(prefix + endpoints(environment) + "/*");
		return registration;
	}

	private static String endpoints(Environment environment) {
		String path = environment.getProperty("management.endpoints.web.base-path", "/actuator");
		return "/".equals(path) ? "" : path;
	}

	static FilterRegistrationBean<AccessFilter> register(ApiKeys keys, AccessProperties properties,
			List<OwnCredentials> own, Environment environment, String prefix) {
		FilterRegistrationBean<AccessFilter> registration = new FilterRegistrationBean<>(
				new AccessFilter(keys, new BrowserGuard(properties.open()), own, prefix + endpoints(environment)));
		registration.addUrlPatterns("/*");
		// Early, but behind the observation, so that refusals are counted.
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 5);
		return registration;
	}

}
