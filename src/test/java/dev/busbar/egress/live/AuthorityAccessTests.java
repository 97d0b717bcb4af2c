package dev.busbar.egress.live;

import java.util.List;

import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.ingress.access.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the feed takes authorities for is what the ingress takes them for.
 */
class AuthorityAccessTests {

	private static final List<String> NAMES = List.of("order.placed", "order.", "order", "orders", "invoice.sent",
			"/shop", "/shop/1", "a*b", "axb", "*", "a.b.c");

	@ParameterizedTest
	@ValueSource(strings = { "order.*", "order.placed", "*", "a*b", "a*b*", "**", "*.placed", "/shop/*", "/shop",
			"order.*,invoice.sent" })
	void aPatternNeverOpensMoreThanItDoesElsewhere(String patterns) {
		String[] types = patterns.split(",");
		for (String kind : List.of(Caller.TYPE, Caller.SOURCE)) {
			String[] authorities = new String[types.length];
			for (int i = 0; i < types.length; i++) {
				authorities[i] = kind + types[i];
			}
			Authentication authentication = new TestingAuthenticationToken("shop", "", authorities);
			Caller caller = Caller.of(authentication);
			FeedLimits limits = readable(authentication);
			for (String name : NAMES) {
				boolean odd = patterns.contains("*") && !patterns.matches("[^*]*\\*(,[^*]*)?");
				boolean allowed = kind.equals(Caller.TYPE) ? caller.allowsType(name) : caller.allowsSource(name);
				boolean read = kind.equals(Caller.TYPE) ? limits.types().contain(name) : limits.sources().contain(name);
				assertThat(read).as(patterns + " " + name).isEqualTo(odd ? read && allowed : allowed);
			}
		}
	}

	@Test
	void withoutLimitsAllIsRead() {
		assertThat(readable(new TestingAuthenticationToken("shop", "", "SCOPE_read"))).isEqualTo(FeedLimits.NONE);
		assertThat(new AuthorityAccess().readable(new MockHttpServletRequest())).isEqualTo(FeedLimits.NONE);
	}

	private static FeedLimits readable(Authentication authentication) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setUserPrincipal(authentication);
		return new AuthorityAccess().readable(request);
	}

}
