package dev.busbar.ingress.access.chain;

import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.busbar.ingress.access.AccessConfiguration;
import dev.busbar.ingress.access.AccessMode;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.ingress.access.OwnCredentials;
import dev.busbar.ingress.access.key.ApiKeys;
import dev.busbar.ingress.access.key.CallerToken;
import dev.busbar.ingress.access.key.CredentialFilter;
import dev.busbar.ingress.access.login.LoginThrottle;
import dev.busbar.ingress.access.login.UserAccounts;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.servletapi.SecurityContextHolderAwareRequestFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * The filter chains for Busbar's own addresses. They come first, and match nothing else.
 */
@AutoConfiguration(after = { AccessConfiguration.class, OAuth2ResourceServerAutoConfiguration.class },
		before = { OAuth2ResourceServerWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class,
				ServletWebSecurityAutoConfiguration.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class AccessChainConfiguration {

	private static final int FIRST = Ordered.HIGHEST_PRECEDENCE + 10;

	@Bean
	GuardedChain busbarGuardedChain(OwnAddresses addresses, ApiKeys keys, UserAccounts users, LoginThrottle throttle,
			EventAccess access, AccessMode mode, ObjectProvider<JwtDecoder> decoder,
			ObjectProvider<JwtAuthenticationConverter> converter, DispatcherServletPath servlet) {
		return new GuardedChain(addresses, new CredentialFilter(keys, tokens(mode, decoder, converter)), users,
				throttle, access, mode.tokens(), servlet.getPrefix());
	}

	@Bean
	OwnAddresses busbarOwnAddresses(DispatcherServletPath servlet, Environment environment) {
		PathPatternRequestMatcher.Builder paths = PathPatternRequestMatcher.withDefaults();
		String prefix = servlet.getPrefix();
		return new OwnAddresses(prefix.isEmpty() ? paths : paths.basePath(prefix), prefix,
				AccessConfiguration.endpoints(environment));
	}

	/** Requests that are verified elsewhere: headers alone. */
	@Bean
	@Order(FIRST)
	SecurityFilterChain busbarOwnCredentialsChain(HttpSecurity http, ObjectProvider<OwnCredentials> own) {
		List<OwnCredentials> all = own.orderedStream().toList();
		http.securityMatcher((RequestMatcher) (request) -> all.stream().anyMatch((each) -> each.areIn(request)));
		return bare(http).anonymous(AbstractHttpConfigurer::disable).build();
	}

	@Bean
	@Order(FIRST + 1)
	SecurityFilterChain busbarManagementChain(HttpSecurity http, GuardedChain guarded, AccessMode mode) {
		return mode.isGuarded() ? guarded.management(http) : unguarded(http, OwnAddresses.management());
	}

	@Bean
	@Order(FIRST + 2)
	SecurityFilterChain busbarChain(HttpSecurity http, GuardedChain guarded, OwnAddresses addresses, EventAccess access,
			AccessMode mode) {
		if (mode.isGuarded()) {
			return guarded.own(http);
		}
		http.addFilterAfter(new RateLimitFilter(access, addresses.counted()),
				SecurityContextHolderAwareRequestFilter.class);
		return unguarded(http, addresses.all(false));
	}

	/**
	 * The strict one, which only reads headers as what they are by now: UTF-8.
	 */
	@Bean
	@ConditionalOnMissingBean
	HttpFirewall busbarHttpFirewall() {
		StrictHttpFirewall firewall = new StrictHttpFirewall();
		firewall.setAllowedHeaderValues((value) -> StrictHttpFirewall.ALLOWED_HEADER_VALUES
			.test(new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
		return firewall;
	}

	/**
	 * Without an observation of every filter of every request, which nobody has asked
	 * for, and is not free. Authentications and authorizations are observed.
	 */
	@Bean
	@ConditionalOnMissingBean
	SecurityObservationSettings busbarSecurityObservationSettings() {
		return SecurityObservationSettings.withDefaults().shouldObserveRequests(false).build();
	}

	private static SecurityFilterChain unguarded(HttpSecurity http, RequestMatcher addresses) {
		http.securityMatcher(addresses);
		return bare(http).anonymous(AbstractHttpConfigurer::disable)
			.addFilterBefore(new EveryoneFilter(CallerToken.anonymous()), SecurityContextHolderAwareRequestFilter.class)
			.build();
	}

	private static HttpSecurity bare(HttpSecurity http) {
		return http.headers((headers) -> headers.defaultsDisabled().addHeaderWriter(new AnswerHeaders()))
			.csrf(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
	}

	private static @Nullable AuthenticationProvider tokens(AccessMode mode, ObjectProvider<JwtDecoder> decoder,
			ObjectProvider<JwtAuthenticationConverter> converter) {
		if (!mode.tokens()) {
			return null;
		}
		JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder.getObject());
		converter.ifAvailable(provider::setJwtAuthenticationConverter);
		return provider;
	}

}
