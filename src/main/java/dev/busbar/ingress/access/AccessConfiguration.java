package dev.busbar.ingress.access;

import java.time.Clock;

import dev.busbar.ingress.access.chain.BrowserGuardFilter;
import dev.busbar.ingress.access.chain.EndpointBodyFilter;
import dev.busbar.ingress.access.key.ApiKeys;
import dev.busbar.ingress.access.login.LoginThrottle;
import dev.busbar.ingress.access.login.UserAccounts;
import dev.busbar.ingress.access.rate.RateLimits;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * Who may call, as configured, and what guards the web server where nobody is asked.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(AccessProperties.class)
public class AccessConfiguration {

	@Bean
	static ListenAddressCheck busbarListenAddressCheck(AccessMode mode) {
		return new ListenAddressCheck(mode.open() || mode.isGuarded(), "server.address");
	}

	@Bean
	ApiKeys busbarApiKeys(AccessProperties properties) {
		return new ApiKeys(properties.keys());
	}

	@Bean
	UserAccounts busbarUserAccounts(AccessProperties properties) {
		return new UserAccounts(properties.users(), properties.keys().keySet());
	}

	@Bean
	AccessMode busbarAccessMode(ApiKeys keys, UserAccounts users, AccessProperties properties,
			ListableBeanFactory beans) {
		boolean tokens = beans.getBeanNamesForType(JwtDecoder.class, true, false).length > 0;
		return new AccessMode(!keys.isEmpty(), !users.isEmpty(), tokens, properties.open());
	}

	@Bean
	EventAccess busbarEventAccess(AccessProperties properties, ObjectProvider<Clock> clock) {
		return new EventAccess(new RateLimits(properties, clock.getIfUnique(Clock::systemUTC)));
	}

	@Bean
	LoginThrottle busbarLoginThrottle(ObjectProvider<Clock> clock) {
		return new LoginThrottle(clock.getIfUnique(Clock::systemUTC));
	}

	@Bean
	FilterRegistrationBean<BrowserGuardFilter> busbarBrowserGuardFilter(AccessMode mode,
			ObjectProvider<OwnCredentials> own) {
		return guard(mode, own);
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

	static FilterRegistrationBean<BrowserGuardFilter> guard(AccessMode mode, ObjectProvider<OwnCredentials> own) {
		FilterRegistrationBean<BrowserGuardFilter> registration = new FilterRegistrationBean<>(
				new BrowserGuardFilter(mode.open(), own.orderedStream().toList()));
		registration.addUrlPatterns("/*");
		registration.setEnabled(!mode.isGuarded());
		// Early, but behind the observation, so that refusals are counted.
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 5);
		return registration;
	}

	/**
	 * The path of the actuator's endpoints.
	 * @return the path, empty if they are at the root
	 */
	public static String endpoints(Environment environment) {
		String path = environment.getProperty("management.endpoints.web.base-path", "/actuator");
		return "/".equals(path) ? "" : path;
	}

}
