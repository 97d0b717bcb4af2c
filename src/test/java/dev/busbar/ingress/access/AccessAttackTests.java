package dev.busbar.ingress.access;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that are written so that one who guards and one who serves may read them
 * differently. None of them reaches an endpoint.
 */
class AccessAttackTests extends GuardedServer {

	@ParameterizedTest
	@ValueSource(strings = { "//handlers", "/handlers/", "/handlers;x=1", "/;x/handlers", "/handlers;", "/./handlers",
			"/x/../handlers", "/%2e/handlers", "/x/%2e%2e/handlers", "/handlers%2f", "/%2fhandlers", "/handlers%00",
			"/handlers%0a", "/handlers%20", "/HANDLERS", "/Handlers", "/%68andlers", "/%2568andlers", "/handlers%3bx",
			"\\handlers", "/handlers\\", "/handlers%5c", "/actuator/health/../bindings",
			"/actuator/health/..;/bindings", "/actuator/health%2f..%2fbindings", "/actuator//health",
			"/login/../handlers", "/webhooks/signed/../../handlers", "/webhooks/signed;/../../handlers",
			"/webhooks/signed/%2e%2e/%2e%2e/handlers", "/handlers#/actuator/health", "/handlers?/actuator/health",
			"http://localhost/handlers", "/handlers/../actuator/health", "/\u0068andlers%c0%af", "/%e2%80%a8handlers" })
	void aPathIsNoWayAroundACredential(String path) throws IOException {
		for (String method : new String[] { "GET", "HEAD", "POST", "TRACE", "get", "GETx" }) {
			String answer = raw(method + " " + path, "");
			assertThat(answer).as(method)
				.containsPattern("^HTTP/1.1 (400|401|404|405|501)")
				.doesNotContain("some_event");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "//dead-letters", "/dead-letters/", "/dead-letters;x=1", "/%64ead-letters",
			"/dead-letters/%2e", "/DEAD-LETTERS", "/handlers/../dead-letters", "/actuator/", "/actuator/bindings/",
			"/actuator/%62indings", "/ACTUATOR/bindings" })
	void aPathIsNoWayAroundAScope(String path) throws IOException {
		String answer = raw("GET " + path, "X-API-Key: reader-key\r\n");
		assertThat(answer).containsPattern("^HTTP/1.1 (400|403|404)");
	}

	@Test
	void headAndOverriddenMethodsNeedTheScopeOfTheirAddress() throws IOException {
		assertThat(raw("HEAD /dead-letters", "X-API-Key: reader-key\r\n")).startsWith("HTTP/1.1 403");
		String overridden = "X-API-Key: reader-key\r\nX-HTTP-Method-Override: GET\r\nX-HTTP-Method: GET\r\n";
		assertThat(raw("DELETE /scheduled/1", overridden)).startsWith("HTTP/1.1 403");
		assertThat(raw("POST /scheduled/1?_method=GET", overridden)).startsWith("HTTP/1.1 403");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization: Bearer reader-key\r\nAuthorization: Bearer wrong\r\n",
			"Authorization: Bearer wrong\r\nAuthorization: Bearer reader-key\r\n",
			"Authorization: Bearer reader-key\r\nAuthorization: Bearer reader-key\r\n",
			"Authorization: Basic eDp5\r\nAuthorization: Bearer reader-key\r\n",
			"X-API-Key: reader-key\r\nX-API-Key: wrong\r\n", "X-API-Key: reader-key, wrong\r\n",
			"Authorization: Bearer reader-key, Bearer wrong\r\n",
			"Authorization: Bearer wrong\r\nX-API-Key: reader-key\r\n", "Authorization: bearer\u00a0reader-key\r\n",
			"X-API-Key: \u0000reader-key\r\n", "X-API-Key: reader-key\u0000\r\n", "X-API-Key: reader\u2010key\r\n",
			"X-API-Key: \u00ef\u00bb\u00bfreader-key\r\n", "X-API-Key: READER-KEY\r\n", "X-API-Key : reader-key\r\n",
			"X-Original-URL: /actuator/health\r\n", "X-Rewrite-URL: /actuator/health\r\n",
			"X-Forwarded-Prefix: /actuator/health\r\n", "Cookie: X-API-Key=reader-key\r\n" })
	void anAmbiguousOrMisspeltCredentialIsNone(String headers) throws IOException {
		String answer = raw("GET /handlers", headers);
		assertThat(answer).containsPattern("^HTTP/1.1 (400|401)").doesNotContain("reader-key");
	}

	@Test
	void aKeyInTheAddressIsNone() throws IOException {
		assertThat(raw("GET /handlers?access_token=reader-key&X-API-Key=reader-key", "")).startsWith("HTTP/1.1 401");
	}

	private String raw(String line, String headers) throws IOException {
		return this.http.raw(line + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Connection: close\r\n\r\n");
	}

}
