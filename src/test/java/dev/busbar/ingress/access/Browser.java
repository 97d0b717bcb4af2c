package dev.busbar.ingress.access;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.busbar.ingress.HttpTester;

/**
 * What a browser does for a person: it keeps cookies and sends forms. It follows no
 * redirect.
 */
public final class Browser {

	private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

	final Map<String, String> cookies = new TreeMap<>();

	final List<String> set = new ArrayList<>();

	private final HttpTester http;

	/** A browser without cookies. */
	public Browser(HttpTester http) {
		this.http = http;
	}

	/** All cookies, as the value of the header. */
	public String cookies() {
		return this.cookies.entrySet()
			.stream()
			.map((cookie) -> cookie.getKey() + "=" + cookie.getValue())
			.collect(Collectors.joining("; "));
	}

	HttpResponse<String> get(String path, String... headers) {
		return send("GET", path, "", headers);
	}

	HttpResponse<String> page(String path) {
		return get(path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
	}

	HttpResponse<String> send(String method, String path, String body, String... headers) {
		List<String> all = new ArrayList<>(Arrays.asList(headers));
		if (!this.cookies.isEmpty()) {
			all.add("Cookie");
			all.add(cookies());
		}
		HttpResponse<String> response = this.http.send(method, path, body.getBytes(StandardCharsets.UTF_8),
				all.toArray(String[]::new));
		for (String cookie : response.headers().allValues("Set-Cookie")) {
			this.set.add(cookie);
			String[] pair = cookie.split(";", 2)[0].split("=", 2);
			if (pair[1].isEmpty()) {
				this.cookies.remove(pair[0]);
			}
			else {
				this.cookies.put(pair[0], pair[1]);
			}
		}
		return response;
	}

	/** Logs in with the form of the login page. */
	public HttpResponse<String> logIn(String name, String password) {
		return form("/login", Map.of("username", name, "password", password, "_csrf", token(page("/login"))));
	}

	/** Logs out with the form of the login page. */
	public HttpResponse<String> logOut() {
		return form("/logout", Map.of("_csrf", token(page("/login"))));
	}

	HttpResponse<String> form(String path, Map<String, String> fields) {
		return send("POST", path,
				fields.entrySet()
					.stream()
					.map((field) -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
					.collect(Collectors.joining("&")),
				"Content-Type", "application/x-www-form-urlencoded");
	}

	static String token(HttpResponse<String> page) {
		Matcher token = TOKEN.matcher(page.body());
		if (!token.find()) {
			throw new IllegalStateException("no token in: " + page.body());
		}
		return token.group(1);
	}

}
