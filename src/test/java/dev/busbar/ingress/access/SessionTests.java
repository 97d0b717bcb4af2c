package dev.busbar.ingress.access;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static dev.busbar.ingress.HttpTester.problem;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * People with browsers.
 */
class SessionTests extends GuardedServer {

	private static final String EVENT = "{\"event\":\"some_event\"}";

	private Browser browser = new Browser(this.http);

	@BeforeEach
	void open() {
		this.browser = new Browser(this.http);
	}

	@Test
	void aPageLeadsToTheLoginAndTheLoginBack() {
		HttpResponse<String> page = this.browser.page("/dead-letters?state=open");
		assertThat(page.statusCode()).isEqualTo(302);
		assertThat(location(page)).endsWith("/login");
		HttpResponse<String> login = this.browser.logIn("ada", "ada's password");
		assertThat(login.statusCode()).isEqualTo(302);
		assertThat(location(login)).endsWith("/dead-letters?state=open");
		assertThat(this.browser.get("/handlers").statusCode()).isEqualTo(200);
		assertThat(this.browser.get("/actuator").statusCode()).isEqualTo(200);
		problem(webhook(this.browser, "X-XSRF-TOKEN", csrf()), 403, "insufficient-scope");
	}

	@Test
	void whoIsNoPageGetsAProblemAndNoRedirect() {
		problem(this.browser.get("/handlers", "Accept", "application/json"), 401, "unauthorized");
		problem(this.browser.send("POST", "/webhook", EVENT, "Accept", "text/html", "Content-Type", "application/json"),
				401, "unauthorized");
	}

	@Test
	void theLoginPageNeedsNothingFromElsewhereAndLetsNothingIn() {
		HttpResponse<String> page = this.browser.page("/login");
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.body()).doesNotContain("http://", "https://", "<script", "src=", "<link");
		assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("default-src 'none'",
				"frame-ancestors 'none'", "style-src 'sha256-");
		assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
		assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
	}

	@Test
	void aVisitorGetsNoSession() {
		for (String path : new String[] { "/login", "/login?error", "/handlers", "/nothing" }) {
			this.browser.page(path);
		}
		this.browser.logIn("ada", "wrong");
		assertThat(this.browser.cookies).doesNotContainKey("JSESSIONID");
	}

	@Test
	void aWrongNameAndAWrongPasswordLookTheSame() {
		HttpResponse<String> password = this.browser.logIn("ada", "wrong");
		HttpResponse<String> name = new Browser(this.http).logIn("eve", "wrong");
		assertThat(password.statusCode()).isEqualTo(name.statusCode()).isEqualTo(302);
		assertThat(location(password)).isEqualTo(location(name)).endsWith("/login?error");
		assertThat(this.browser.page("/login?error").body()).contains("The name or the password is wrong.");
		assertThat(this.browser.get("/handlers").statusCode()).isEqualTo(401);
	}

	@Test
	void whatASessionSendsNeedsTheToken() {
		this.browser.logIn("bob", "bob's password");
		problem(webhook(this.browser), 403, "csrf-token");
		problem(webhook(this.browser, "X-XSRF-TOKEN", "wrong"), 403, "csrf-token");
		// Without the cookie a token proves nothing.
		this.browser.page("/login");
		String token = csrf();
		this.browser.cookies.remove("XSRF-TOKEN");
		problem(webhook(this.browser, "X-XSRF-TOKEN", token), 403, "csrf-token");
		assertThat(this.bus.published).isEmpty();
		assertThat(webhook(this.browser, "X-XSRF-TOKEN", csrf()).statusCode()).isEqualTo(200);
		assertThat(this.bus.published).hasSize(1);
	}

	@Test
	void aFormIsNoWayAroundTheToken() {
		this.browser.logIn("bob", "bob's password");
		HttpResponse<String> form = this.browser.send("POST", "/webhook", EVENT, "Content-Type", "text/plain", "Origin",
				"https://evil.example");
		problem(form, 403, "csrf-token");
		assertThat(this.bus.published).isEmpty();
	}

	@Test
	void theLoginItselfNeedsTheToken() {
		HttpResponse<String> login = this.browser.form("/login",
				Map.of("username", "ada", "password", "ada's password"));
		problem(login, 403, "csrf-token");
		assertThat(this.browser.cookies).doesNotContainKey("JSESSIONID");
	}

	@Test
	void aKeyNeedsNoTokenAndOutranksTheSession() {
		this.browser.logIn("ada", "ada's password");
		assertThat(webhook(this.browser, "X-API-Key", "publisher-key").statusCode()).isEqualTo(200);
		problem(this.browser.get("/handlers", "X-API-Key", "publisher-key"), 403, "insufficient-scope");
		problem(this.browser.get("/handlers", "X-API-Key", "wrong"), 401, "unauthorized");
		problem(webhook(this.browser, "X-API-Key", "wrong"), 401, "unauthorized");
		assertThat(this.browser.get("/handlers").statusCode()).isEqualTo(200);
	}

	@Test
	void theLoginGivesTheSessionAnotherName() {
		Browser mallory = new Browser(this.http);
		mallory.logIn("bob", "bob's password");
		String fixed = mallory.cookies.get("JSESSIONID");
		this.browser.cookies.put("JSESSIONID", fixed);
		this.browser.logIn("ada", "ada's password");
		assertThat(this.browser.cookies.get("JSESSIONID")).isNotEqualTo(fixed);
		assertThat(this.browser.page("/login").body()).contains("<b>ada</b>");
		assertThat(mallory.get("/handlers").statusCode()).as("the session that was planted").isEqualTo(401);
	}

	@Test
	void anInventedSessionIsNotTaken() {
		this.browser.cookies.put("JSESSIONID", "0123456789ABCDEF0123456789ABCDEF");
		this.browser.logIn("ada", "ada's password");
		assertThat(this.browser.cookies.get("JSESSIONID")).isNotEqualTo("0123456789ABCDEF0123456789ABCDEF");
	}

	@Test
	void theLogoutEndsTheSession() {
		this.browser.logIn("ada", "ada's password");
		String session = this.browser.cookies.get("JSESSIONID");
		problem(this.browser.form("/logout", Map.of()), 403, "csrf-token");
		assertThat(this.browser.get("/logout").statusCode()).isNotEqualTo(302);
		assertThat(this.browser.get("/handlers").statusCode()).isEqualTo(200);
		HttpResponse<String> out = this.browser.logOut();
		assertThat(location(out)).endsWith("/login?out");
		this.browser.cookies.put("JSESSIONID", String.valueOf(session));
		assertThat(this.browser.get("/handlers").statusCode()).isEqualTo(401);
	}

	@Test
	void cookiesAreBoundToThisSite() {
		this.browser.logIn("ada", "ada's password");
		this.browser.page("/login");
		assertThat(this.browser.set).anyMatch((cookie) -> cookie.startsWith("JSESSIONID=")
				&& cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
		assertThat(this.browser.set)
			.allMatch((cookie) -> cookie.contains("SameSite=Lax") || cookie.contains("Max-Age=0"));
	}

	@Test
	void aForeignPageOpensNoWebSocketWithTheSession() {
		this.browser.logIn("ada", "ada's password");
		problem(this.browser.get("/ws", "Origin", "https://evil.example"), 403, "forbidden");
		problem(this.browser.get("/ws", "Origin", "null"), 403, "forbidden");
		problem(this.browser.get("/ws", "Sec-Fetch-Site", "cross-site"), 403, "forbidden");
		problem(this.browser.get("/ws", "Origin", "http://127.0.0.1:" + this.http.port()), 404, "not-found");
		problem(this.browser.get("/ws"), 404, "not-found");
	}

	@Test
	void theLoginLeadsToNoOtherSite() {
		for (String elsewhere : new String[] { "https://evil.example/", "//evil.example/", "/\\evil.example" }) {
			Browser browser = new Browser(this.http);
			browser.cookies.put("REDIRECT_URI", java.util.Base64.getEncoder()
				.encodeToString(elsewhere.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
			HttpResponse<String> login = browser.logIn("ada", "ada's password");
			assertThat(location(login)).satisfiesAnyOf((to) -> assertThat(to).startsWith("/login"),
					(to) -> assertThat(to).startsWith("http://127.0.0.1:" + this.http.port() + "/"));
		}
	}

	@Test
	void whoTriesPasswordsIsSlowedDownAndThenTheRightOneWaitsToo() {
		for (int i = 0; i < 10; i++) {
			assertThat(location(new Browser(this.http).logIn("ada", "guess " + i))).endsWith("?error");
		}
		HttpResponse<String> refused = this.browser.logIn("ada", "ada's password");
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.headers().firstValue("Retry-After")).hasValue("30");
		assertThat(refused.body()).contains("Wait 30 seconds").doesNotContain("ada's password");
		assertThat(location(this.browser.logIn("bob", "bob's password"))).doesNotContain("error");
		this.clock.advance(Duration.ofSeconds(30));
		assertThat(location(this.browser.logIn("ada", "ada's password"))).doesNotContain("error");
	}

	@Test
	void loginsThatSucceedAreNotCounted() {
		for (int i = 0; i < 30; i++) {
			assertThat(location(new Browser(this.http).logIn("ada", "ada's password"))).doesNotContain("error");
		}
	}

	@Test
	void manyNamesFromOneAddressAreSlowedDownToo() {
		for (int i = 0; i < 20; i++) {
			assertThat(location(new Browser(this.http).logIn("name" + i, "guess"))).endsWith("?error");
		}
		assertThat(this.browser.logIn("ada", "ada's password").statusCode()).isEqualTo(429);
		JsonNode handlers = tools.jackson.databind.json.JsonMapper.shared()
			.readTree(this.http.get("/handlers", with("reader")).body());
		assertThat(handlers.path("group").asString()).as("programs are not held up").isEqualTo("busbar");
	}

	private String csrf() {
		if (!this.browser.cookies.containsKey("XSRF-TOKEN")) {
			this.browser.get("/nothing");
		}
		return String.valueOf(this.browser.cookies.get("XSRF-TOKEN"));
	}

	private static String location(HttpResponse<String> response) {
		return response.headers().firstValue("Location").orElse("no redirect but " + response.statusCode());
	}

	private static HttpResponse<String> webhook(Browser browser, String... headers) {
		String[] all = new String[headers.length + 2];
		all[0] = "Content-Type";
		all[1] = "application/json";
		System.arraycopy(headers, 0, all, 2, headers.length);
		return browser.send("POST", "/webhook", EVENT, all);
	}

}
