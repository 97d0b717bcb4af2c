package dev.busbar.ingress.access.login;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.util.HtmlUtils;

/**
 * The page that asks for name and password, and, to those who have logged in, shows who
 * they are and lets them log out. All of it is in the page; there is no script.
 */
final class LoginPage {

	private final String style = resource("login.css");

	private final String frame = resource("login.html").replace("{style}", this.style);

	private final String form = resource("form.html");

	private final String account = resource("account.html");

	private final String policy = "default-src 'none'; style-src '" + hash(this.style)
			+ "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

	private final String prefix;

	/**
	 * Creates the page.
	 * @param prefix the path of Spring MVC
	 */
	LoginPage(String prefix) {
		this.prefix = prefix;
	}

	void writeForm(HttpServletRequest request, HttpServletResponse response, int status, @Nullable String message)
			throws IOException {
		write(request, response, status, this.form.replace("{message}", (message != null)
				? "<p class=\"message\" role=\"alert\">" + HtmlUtils.htmlEscape(message) + "</p>" : ""));
	}

	void writeAccount(HttpServletRequest request, HttpServletResponse response, String name, String scopes)
			throws IOException {
		write(request, response, 200, this.account.replace("{scopes}", HtmlUtils.htmlEscape(scopes))
			.replace("{name}", HtmlUtils.htmlEscape(name)));
	}

	private void write(HttpServletRequest request, HttpServletResponse response, int status, String content)
			throws IOException {
		CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
		String field = "<input type=\"hidden\" name=\"" + token.getParameterName() + "\" value=\"" + token.getToken()
				+ "\">";
		String page = this.frame.replace("{content}", content.replace("{token}", field)
			.replace("{base}", HtmlUtils.htmlEscape(request.getContextPath() + this.prefix)));
		byte[] body = page.getBytes(StandardCharsets.UTF_8);
		response.setStatus(status);
		response.setContentType("text/html;charset=UTF-8");
		response.setHeader("Content-Security-Policy", this.policy);
		response.setHeader("Cache-Control", "no-store");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	private static String resource(String name) {
		try (InputStream in = LoginPage.class.getResourceAsStream(name)) {
			if (in == null) {
				throw new IllegalStateException(name + " is missing");
			}
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String hash(String text) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return "sha256-" + Base64.getEncoder().encodeToString(hash);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
