package dev.busbar.ingress.access;

import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.busbar.ingress.access.key.CallerToken;
import dev.busbar.ingress.access.key.NamePatterns;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * Who sends a request, and what he may do. It says what Spring Security's
 * {@link Authentication} says, whose authorities are {@code SCOPE_<scope>},
 * {@code TYPE_<pattern>} and {@code SOURCE_<pattern>}; without any of {@code TYPE_} all
 * types are allowed, without any of {@code SOURCE_} all sources.
 */
public final class Caller {

	/** The name of a caller who needs no credentials. */
	public static final String ANONYMOUS = "anonymous";

	/** What an authority that allows types begins with. */
	public static final String TYPE = "TYPE_";

	/** What an authority that allows sources begins with. */
	public static final String SOURCE = "SOURCE_";

	private static final int MAX_NAME = 200;

	private static final Caller NOBODY = new Caller(ANONYMOUS, ANONYMOUS, Set.of(), NamePatterns.ALL, NamePatterns.ALL);

	private final String id;

	private final String name;

	private final Set<Scope> scopes;

	private final NamePatterns types;

	private final NamePatterns sources;

	private Caller(String id, String name, Set<Scope> scopes, NamePatterns types, NamePatterns sources) {
		this.id = id;
		this.name = name;
		this.scopes = scopes;
		this.types = types;
		this.sources = sources;
	}

	/**
	 * The caller of a request. To be asked for on the thread that the request came on;
	 * the answer may be kept as long as you like.
	 * @param request the request
	 * @return the caller; where nothing guards the address, one named {@link #ANONYMOUS}
	 */
	public static Caller of(HttpServletRequest request) {
		Principal principal = request.getUserPrincipal();
		return (principal instanceof Authentication authentication) ? of(authentication) : NOBODY;
	}

	/**
	 * The caller that Spring Security knows.
	 * @param authentication who calls, or null for nobody
	 */
	public static Caller of(@Nullable Authentication authentication) {
		if (authentication == null || !authentication.isAuthenticated()) {
			return NOBODY;
		}
		Set<Scope> scopes = EnumSet.noneOf(Scope.class);
		List<String> types = new ArrayList<>();
		List<String> sources = new ArrayList<>();
		for (GrantedAuthority granted : authentication.getAuthorities()) {
			String authority = String.valueOf(granted.getAuthority());
			for (Scope scope : Scope.values()) {
				if (authority.equals(scope.authority().getAuthority())) {
					scopes.add(scope);
				}
			}
			if (authority.startsWith(TYPE)) {
				types.add(authority.substring(TYPE.length()));
			}
			else if (authority.startsWith(SOURCE)) {
				sources.add(authority.substring(SOURCE.length()));
			}
		}
		String name = printable(authentication.getName());
		String kind = (authentication instanceof CallerToken token) ? token.kind()
				: authentication.getClass().getSimpleName();
		return new Caller(kind + ":" + name, name, Collections.unmodifiableSet(scopes),
				types.isEmpty() ? NamePatterns.ALL : new NamePatterns(types),
				sources.isEmpty() ? NamePatterns.ALL : new NamePatterns(sources));
	}

	/**
	 * The name of the API key or the user, or the subject of the JWT (its first 200
	 * characters, without control characters).
	 */
	public String name() {
		return this.name;
	}

	/**
	 * The name with its kind, so that a key and the subject of a JWT never are the same.
	 */
	public String id() {
		return this.id;
	}

	/** What the caller may do. */
	public Set<Scope> scopes() {
		return this.scopes;
	}

	/** Whether the caller may do something. */
	public boolean has(Scope scope) {
		return this.scopes.contains(scope);
	}

	/** The patterns of the event types that are allowed; none: all are. */
	public List<String> types() {
		return this.types.patterns();
	}

	/** The patterns of the sources that are allowed; none: all are. */
	public List<String> sources() {
		return this.sources.patterns();
	}

	/** Whether events of a type are allowed. */
	public boolean allowsType(String type) {
		return this.types.match(type);
	}

	/** Whether events of a source are allowed. */
	public boolean allowsSource(String source) {
		return this.sources.match(source);
	}

	/**
	 * Whether the caller may see or send an event.
	 * @param type its type, null if it is not known, which only callers without limits
	 * may see
	 * @param source its source, or null as for the type
	 */
	public boolean allows(@Nullable String type, @Nullable String source) {
		return ((type != null) ? allowsType(type) : this.types.isAll())
				&& ((source != null) ? allowsSource(source) : this.sources.isAll());
	}

	private static String printable(String name) {
		String cut = (name.length() > MAX_NAME) ? name.substring(0, MAX_NAME) : name;
		return cut.replaceAll("\\p{C}", "?");
	}

	@Override
	public String toString() {
		return this.id;
	}

}
