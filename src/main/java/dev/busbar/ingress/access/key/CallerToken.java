package dev.busbar.ingress.access.key;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;

import dev.busbar.ingress.access.AccessProperties;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * A caller known by an API key, or one who needs none. It holds the name, never the key.
 */
public final class CallerToken extends AbstractAuthenticationToken {

	/** The kind of callers that have a key. */
	public static final String KEY = "key";

	private static final long serialVersionUID = 1L;

	private final String kind;

	private final String name;

	private CallerToken(String kind, String name, Collection<? extends GrantedAuthority> authorities) {
		super(authorities);
		this.kind = kind;
		this.name = name;
		super.setAuthenticated(true);
	}

	static CallerToken of(String name, AccessProperties.Key key) {
		List<GrantedAuthority> authorities = new ArrayList<>();
		EnumSet.allOf(Scope.class)
			.stream()
			.filter(key.scopes()::contains)
			.forEach((scope) -> authorities.add(scope.authority()));
		key.types().forEach((type) -> authorities.add(new SimpleGrantedAuthority(Caller.TYPE + type)));
		key.sources().forEach((source) -> authorities.add(new SimpleGrantedAuthority(Caller.SOURCE + source)));
		return new CallerToken(KEY, name, authorities);
	}

	/** Someone who may do everything without saying who he is. */
	public static CallerToken anonymous() {
		return new CallerToken(Caller.ANONYMOUS, Caller.ANONYMOUS,
				EnumSet.allOf(Scope.class).stream().map(Scope::authority).toList());
	}

	/** How the caller is known: {@link #KEY}, or {@link Caller#ANONYMOUS}. */
	public String kind() {
		return this.kind;
	}

	@Override
	public Object getPrincipal() {
		return this.name;
	}

	@Override
	public Object getCredentials() {
		return "";
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return super.equals(other) && other instanceof CallerToken token && token.kind.equals(this.kind);
	}

	@Override
	public int hashCode() {
		return super.hashCode() * 31 + this.kind.hashCode();
	}

}
