package dev.busbar.ingress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Talks to a server, as a client and as someone who writes what he likes on the wire.
 */
public record HttpTester(int port) {

	private static final HttpClient CLIENT = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(30))
		.build();

	/** Posts a body with headers, given as names and values. */
	public HttpResponse<String> post(String path, byte[] body, String... headers) {
		return send("POST", path, body, headers);
	}

	public HttpResponse<String> post(String path, String body, String... headers) {
		return send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
	}

	public HttpResponse<String> get(String path, String... headers) {
		return send("GET", path, new byte[0], headers);
	}

	public HttpResponse<String> send(String method, String path, byte[] body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.timeout(Duration.ofSeconds(60))
			.method(method, (body.length > 0) ? BodyPublishers.ofByteArray(body) : BodyPublishers.noBody());
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		try {
			return CLIENT.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Opens a connection whose reads end after ten seconds. */
	public Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
		socket.setSoTimeout(60_000);
		return socket;
	}

	/** Writes bytes as they are and reads all that comes until the server closes. */
	public String raw(String request) throws IOException {
		try (Socket socket = connect()) {
			OutputStream out = socket.getOutputStream();
			out.write(request.getBytes(StandardCharsets.ISO_8859_1));
			out.flush();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/** Reads until the server closes, or the connection breaks. */
	public static String readAll(Socket socket) throws IOException {
		InputStream in = socket.getInputStream();
		StringBuilder read = new StringBuilder();
		try {
			for (int b = in.read(); b >= 0; b = in.read()) {
				read.append((char) b);
			}
		}
		catch (java.net.SocketException ex) {
			// A reset after the answer is fine.
		}
		return read.toString();
	}

	/** Reads an answer up to its body, which is left. */
	public static String readHead(Socket socket) throws IOException {
		InputStream in = socket.getInputStream();
		StringBuilder read = new StringBuilder();
		while (read.indexOf("\r\n\r\n") < 0) {
			int b = in.read();
			if (b < 0) {
				break;
			}
			read.append((char) b);
		}
		return read.toString();
	}

	/** The server's address. */
	public URI uri() {
		return URI.create("http://127.0.0.1:" + this.port);
	}

	/** Asserts that an answer is a problem of a kind, and gives its JSON. */
	public static JsonNode problem(HttpResponse<String> response, int status, String name) {
		Assertions.assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		Assertions.assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		JsonNode problem = JsonMapper.shared().readTree(response.body());
		Assertions.assertThat(problem.path("type").asString()).isEqualTo("urn:busbar:problem:" + name);
		Assertions.assertThat(problem.path("status").asInt()).isEqualTo(status);
		Assertions.assertThat(problem.path("title").asString()).isNotEmpty();
		Assertions.assertThat(problem.path("detail").asString()).isNotEmpty();
		return problem;
	}

}
