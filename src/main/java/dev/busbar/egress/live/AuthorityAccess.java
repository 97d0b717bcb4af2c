package dev.busbar.egress.live;

import java.util.List;

import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.egress.feed.TypePatterns;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * What a caller may read, by the authorities that Spring Security knows: {@code TYPE_}
 * and {@code SOURCE_}, each followed by a name or, with an asterisk at its end, by a
 * beginning of names. Without any of a kind all are allowed.
 */
final class AuthorityAccess implements FeedAccess {

	private static final String TYPE = "TYPE_";

	private static final String SOURCE = "SOURCE_";

	@Override
	public FeedLimits readable(HttpServletRequest request) {
		if (!(request.getUserPrincipal() instanceof Authentication caller)) {
			return FeedLimits.NONE;
		}
		return new FeedLimits(patterns(caller, TYPE), patterns(caller, SOURCE));
	}

	private static TypePatterns patterns(Authentication caller, String kind) {
		List<String> granted = caller.getAuthorities()
			.stream()
			.map(GrantedAuthority::getAuthority)
			.filter((authority) -> authority != null && authority.startsWith(kind))
			.map((authority) -> authority.substring(kind.length()))
			.toList();
		// Elsewhere than at the end an asterisk is a character like others, which no
		// name here may be taken to stand for.
		return granted.isEmpty() ? TypePatterns.ALL : TypePatterns
			.of(granted.stream().filter((pattern) -> pattern.lastIndexOf('*', pattern.length() - 2) < 0).toList());
	}

}
