package dev.busbar.ingress.access;

import java.util.Locale;

import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * What a caller may do. Each stands for an authority of Spring Security, which is how
 * JWTs bring it: {@code SCOPE_publish}, {@code SCOPE_read}, {@code SCOPE_operate}.
 */
public enum Scope {

	/** Send events. */
	PUBLISH,

	/** See events, their ways, types and handlers. */
	READ,

	/**
	 * See and change what runs: dead letters, replays, schedule, subscriptions, actuator.
	 */
	OPERATE;

	@SuppressWarnings("ImmutableEnumChecker") // Immutable, as all of Spring's simple
												// authorities.
	private final GrantedAuthority authority = new SimpleGrantedAuthority("SCOPE_" + name().toLowerCase(Locale.ROOT));

	/** The authority of Spring Security that grants it. */
	public GrantedAuthority authority() {
		return this.authority;
	}

	/** As it is configured: in lower case. */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
