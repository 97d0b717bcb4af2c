package dev.busbar.ingress.access;

import dev.busbar.ingress.access.chain.BrowserGuardFilter;
import dev.busbar.ingress.access.chain.EndpointBodyFilter;
import org.springframework.beans.factory.ObjectProvider;
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
@ConditionalOnBean(AccessMode.class)
class ManagementAccessConfiguration {

	@Bean
	static ListenAddressCheck managementListenAddressCheck(AccessMode mode) {
		return new ListenAddressCheck(mode.open() || mode.isGuarded(), "management.server.address");
	}

	@Bean
	FilterRegistrationBean<BrowserGuardFilter> managementBrowserGuardFilter(AccessMode mode,
			ObjectProvider<OwnCredentials> own) {
		return AccessConfiguration.guard(mode, own);
	}

	@Bean
	FilterRegistrationBean<EndpointBodyFilter> managementEndpointBodyFilter(Environment environment) {
		return AccessConfiguration.bounded(environment, "");
	}

}
