package dev.busbar.ingress.access;

import java.util.List;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Guards the actuator where it has a port of its own, which makes it a web server of its
 * own.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(ApiKeys.class)
class ManagementAccessConfiguration {

	@Bean
	static ListenAddressCheck managementListenAddressCheck(ApiKeys keys, AccessProperties properties) {
		return new ListenAddressCheck(properties.open() || !keys.isEmpty(), "management.server.address");
	}

	@Bean
	FilterRegistrationBean<AccessFilter> managementAccessFilter(ApiKeys keys, AccessProperties properties,
			Environment environment) {
		return AccessConfiguration.register(keys, properties, List.of(), environment, "");
	}

	@Bean
	FilterRegistrationBean<EndpointBodyFilter> managementEndpointBodyFilter(Environment environment) {
		return AccessConfiguration.bounded(environment, "");
	}

}
