package dev.busbar.problem;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A problem detail. It quotes nothing of a request but what {@link #quote} has cut and
 * cleaned.
 *
 * @param type what kind of problem it is
 * @param detail what was found, what is allowed, what to do
 * @param members further members of the JSON object
 * @param headers headers of the answer
 */
public record Problem(ProblemType type, String detail, Map<String, Object> members, Map<String, String> headers) {

	/** The media type. */
	public static final String MEDIA_TYPE = "application/problem+json";

	private static final int MAX_QUOTE = 100;

	private static final int MAX_DETAIL = 1000;

	private static final JsonMapper JSON = JsonMapper.shared();

	public Problem {
		members = Map.copyOf(members);
		headers = Map.copyOf(headers);
	}

	/** A problem without further members. */
	public static Problem of(ProblemType type, String detail) {
		return new Problem(type, clean(detail, MAX_DETAIL), Map.of(), Map.of());
	}

	/** The same problem with one more member in the JSON object. */
	public Problem with(String name, Object value) {
		Map<String, Object> more = new LinkedHashMap<>(this.members);
		more.put(name, value);
		return new Problem(this.type, this.detail, more, this.headers);
	}

	/** The same problem with one more header in the answer. */
	public Problem withHeader(String name, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.headers);
		more.put(name, value);
		return new Problem(this.type, this.detail, this.members, more);
	}

	/** To be thrown by what runs below a controller that answers such exceptions. */
	public ProblemException asException() {
		return new ProblemException(this);
	}

	/**
	 * Writes the problem as the whole answer. Does nothing if an answer is on its way.
	 * @param response the response
	 * @throws IOException if the client is gone
	 */
	public void write(HttpServletResponse response) throws IOException {
		write(response, this.type.status());
	}

	/** As {@link #write(HttpServletResponse)}, under another status. */
	void write(HttpServletResponse response, int status) throws IOException {
		if (response.isCommitted()) {
			return;
		}
		response.resetBuffer();
		byte[] body = toJson(status);
		response.setStatus(status);
		this.headers.forEach(response::setHeader);
		response.setHeader("Cache-Control", "no-store");
		response.setContentType(MEDIA_TYPE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
		if ("close".equals(response.getHeader("Connection"))) {
			// Tomcat reads on what it swallows of the body before it sends what is
			// buffered.
			response.flushBuffer();
		}
	}

	/** The problem as a JSON object in UTF-8. */
	public byte[] toJson() {
		return toJson(this.type.status());
	}

	byte[] toJson(int status) {
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("type", this.type.uri().toString());
		json.put("title", this.type.title());
		json.put("status", status);
		json.put("detail", this.detail);
		json.putAll(this.members);
		return JSON.writeValueAsBytes(json);
	}

	/**
	 * Makes a name out of a request fit to be quoted: at most 100 characters, and only
	 * what can be printed.
	 * @param text the name, or null
	 * @return the quoted name
	 */
	public static String quote(@Nullable String text) {
		return (text != null) ? "'" + clean(text, MAX_QUOTE) + "'" : "nothing";
	}

	private static String clean(String text, int limit) {
		StringBuilder clean = new StringBuilder(Math.min(text.length(), limit));
		int end = Math.min(text.length(), limit);
		for (int i = 0; i < end; i++) {
			char c = text.charAt(i);
			boolean printable = c >= ' ' && c != 0x7f && c <= 0x2fff && Character.isDefined(c)
					&& Character.getType(c) != Character.FORMAT && !Character.isISOControl(c);
			clean.append(printable ? c : '?');
		}
		return (text.length() > limit) ? clean.append("...").toString() : clean.toString();
	}

}
