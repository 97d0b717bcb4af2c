package dev.busbar.ingress.access.chain;

import dev.busbar.ingress.access.AccessMode;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

/**
 * The addresses that are not Busbar's, of an application without any filter chain of its
 * own. Spring Boot would lock them all as soon as Spring Security is there, which came
 * with Busbar, unasked. An application that has users for Spring Security did ask.
 */
@AutoConfiguration(before = AccessChainConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnMissingBean(SecurityFilterChain.class)
public class OtherAddressesConfiguration {

	@Bean
	@Order(SecurityFilterProperties.BASIC_AUTH_ORDER)
	SecurityFilterChain busbarOtherAddressesChain(HttpSecurity http, GuardedChain guarded, AccessMode mode,
			Environment environment, ListableBeanFactory beans) {
		if (hasUsers(environment, beans)) {
			// As Spring Boot has it.
			http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated());
			http.formLogin(Customizer.withDefaults());
			http.httpBasic(Customizer.withDefaults());
			return http.build();
		}
		return mode.isGuarded() ? guarded.others(http) : new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE);
	}

	private static boolean hasUsers(Environment environment, ListableBeanFactory beans) {
		return environment.containsProperty("spring.security.user.password")
				|| environment.containsProperty("spring.security.user.name")
				|| beans.getBeanNamesForType(UserDetailsService.class).length > 0
				|| beans.getBeanNamesForType(AuthenticationProvider.class).length > 0;
	}

}
