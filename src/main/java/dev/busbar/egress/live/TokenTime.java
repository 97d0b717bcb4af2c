package dev.busbar.egress.live;

import java.time.Instant;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2Token;

/**
 * For how long a caller's token holds, and with it what is opened with it.
 */
public final class TokenTime {

	private TokenTime() {
	}

	/**
	 * When the token of a caller expires.
	 * @param request the caller's request
	 * @return null if he has none, or one that does not expire
	 */
	public static @Nullable Instant end(HttpServletRequest request) {
		return (request.getUserPrincipal() instanceof Authentication caller
				&& caller.getCredentials() instanceof OAuth2Token token) ? token.getExpiresAt() : null;
	}

}
