package dev.busbar.ingress.access.chain;

import dev.busbar.ingress.access.EventAccess;
import dev.busbar.ingress.access.Scope;
import dev.busbar.ingress.access.key.CredentialFilter;
import dev.busbar.ingress.access.login.LoginFilter;
import dev.busbar.ingress.access.login.LoginThrottle;
import dev.busbar.ingress.access.login.SessionCsrf;
import dev.busbar.ingress.access.login.UserAccounts;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.savedrequest.CookieRequestCache;

/**
 * Builds the filter chains of a server that asks its callers who they are.
 */
final class GuardedChain {

	private static final String PUBLISH = authority(Scope.PUBLISH);

	private static final String READ = authority(Scope.READ);

	private static final String OPERATE = authority(Scope.OPERATE);

	private final OwnAddresses addresses;

	private final CredentialFilter credentials;

	private final UserAccounts users;

	private final LoginThrottle throttle;

	private final EventAccess access;

	private final boolean tokens;

	private final String prefix;

	GuardedChain(OwnAddresses addresses, CredentialFilter credentials, UserAccounts users, LoginThrottle throttle,
			EventAccess access, boolean tokens, String prefix) {
		this.addresses = addresses;
		this.credentials = credentials;
		this.users = users;
		this.throttle = throttle;
		this.access = access;
		this.tokens = tokens;
		this.prefix = prefix;
	}

	/** Busbar's own addresses on the application's port. */
	SecurityFilterChain own(HttpSecurity http) {
		OwnAddresses own = this.addresses;
		boolean people = !this.users.isEmpty();
		http.securityMatcher(own.all(people));
		common(http, people);
		if (people) {
			logIn(http);
		}
		AuthorizationManager<RequestAuthorizationContext> sockets = AuthorityAuthorizationManager
			.hasAnyAuthority(PUBLISH, READ);
		http.authorizeHttpRequests((requests) -> {
			allowDispatches(requests);
			requests.requestMatchers(own.health()).permitAll();
			if (people) {
				requests.requestMatchers(own.login(), own.logout()).permitAll();
			}
			requests.requestMatchers(own.publishing()).hasAuthority(PUBLISH);
			requests.requestMatchers(own.webhooks()).hasAuthority(PUBLISH);
			requests.requestMatchers(own.sockets()).access((caller, context) -> {
				requireOwnPage(context.getRequest());
				return sockets.authorize(caller, context);
			});
			requests.requestMatchers(own.seen()).hasAuthority(READ);
			requests.requestMatchers(own.publishingAnyMethod()).hasAnyAuthority(PUBLISH, READ);
			requests.requestMatchers((request) -> HttpMethod.OPTIONS.matches(request.getMethod()))
				.hasAnyAuthority(PUBLISH, READ, OPERATE);
			requests.anyRequest().hasAuthority(OPERATE);
		});
		http.addFilterAfter(new RateLimitFilter(this.access, own.counted()), AuthorizationFilter.class);
		return http.build();
	}

	/** The actuator on a port of its own: no browser has a session there. */
	SecurityFilterChain management(HttpSecurity http) {
		http.securityMatcher(OwnAddresses.management());
		common(http, false);
		http.authorizeHttpRequests((requests) -> {
			allowDispatches(requests);
			requests.requestMatchers(this.addresses.health()).permitAll();
			requests.anyRequest().hasAuthority(OPERATE);
		});
		return http.build();
	}

	/**
	 * All other addresses, of which the application has said nothing: any caller will do.
	 */
	SecurityFilterChain others(HttpSecurity http) {
		common(http, !this.users.isEmpty());
		http.authorizeHttpRequests((requests) -> {
			allowDispatches(requests);
			requests.anyRequest().authenticated();
		});
		return http.build();
	}

	private void common(HttpSecurity http, boolean people) {
		http.addFilterBefore(this.credentials, CsrfFilter.class);
		http.headers((headers) -> headers.defaultsDisabled().addHeaderWriter(new AnswerHeaders()));
		http.logout(AbstractHttpConfigurer::disable);
		AccessProblems problems = new AccessProblems(this.tokens,
				people ? new LoginUrlAuthenticationEntryPoint(this.prefix + "/login") : null);
		http.exceptionHandling(
				(exceptions) -> exceptions.authenticationEntryPoint(problems).accessDeniedHandler(problems));
		if (people) {
			CookieRequestCache cache = new CookieRequestCache();
			cache.setRequestMatcher(Pages::isAskedFor);
			cache.setCookieCustomizer((cookie) -> cookie.setAttribute("SameSite", "Lax"));
			http.requestCache((requests) -> requests.requestCache(cache));
			SessionCsrf rule = new SessionCsrf(this.addresses.logIn());
			http.csrf((csrf) -> csrf.csrfTokenRepository(SessionCsrf.repository())
				.csrfTokenRequestHandler(rule)
				.requireCsrfProtectionMatcher(rule));
		}
		else {
			http.requestCache(AbstractHttpConfigurer::disable);
			http.csrf(AbstractHttpConfigurer::disable);
			http.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
		}
	}

	private void logIn(HttpSecurity http) {
		String page = this.prefix + "/login";
		http.authenticationManager(this.users.authentication());
		SimpleUrlAuthenticationFailureHandler failure = new SimpleUrlAuthenticationFailureHandler(page + "?error");
		failure.setAllowSessionCreation(false);
		http.formLogin((
				form) -> form.loginPage(page).loginProcessingUrl(page).defaultSuccessUrl(page).failureHandler(failure));
		http.logout((logout) -> logout.logoutRequestMatcher(this.addresses.logOut()).logoutSuccessUrl(page + "?out"));
		http.addFilterBefore(new LoginFilter(this.prefix, this.throttle, this.addresses.login()),
				UsernamePasswordAuthenticationFilter.class);
	}

	// The first dispatch of a request was looked at.
	private static void allowDispatches(
			AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry requests) {
		requests
			.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC, DispatcherType.FORWARD,
					DispatcherType.INCLUDE)
			.permitAll();
	}

	// A WebSocket is opened by GET, and a browser sends its session along for any page.
	private static void requireOwnPage(HttpServletRequest request) {
		if (SessionCsrf.isSession() && BrowserGuard.isForeignPage(request)) {
			throw new ForeignPageException("A web page of another origin (Origin, Sec-Fetch-Site) wants to open a "
					+ "WebSocket with your session. Open it from a page of this server, or with an API key.");
		}
	}

	private static String authority(Scope scope) {
		return String.valueOf(scope.authority().getAuthority());
	}

}
