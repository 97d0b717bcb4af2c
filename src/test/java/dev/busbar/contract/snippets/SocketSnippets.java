package dev.busbar.contract.snippets;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A remote handler as the documentation shows it.
 */
public final class SocketSnippets {

	private SocketSnippets() {
	}

	// tag::worker[]
	/**
	 * Handles events until the WebSocket is closed; of each event's data it makes a
	 * result's.
	 */
	public static WebSocket work(URI address, String handler, String resultType, UnaryOperator<JsonNode> work) {
		JsonMapper json = JsonMapper.shared();
		return HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, new WebSocket.Listener() {

			private final StringBuilder text = new StringBuilder();

			@Override
			public void onOpen(WebSocket socket) {
				socket.sendText(json.createObjectNode().put("do", "handle").put("handler", handler).toString(), true);
				socket.request(1);
			}

			@Override
			public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
				this.text.append(part);
				socket.request(1);
				if (!last) {
					return null;
				}
				JsonNode message = json.readTree(this.text.toString());
				this.text.setLength(0);
				return message.path("is").asString().equals("work") ? socket.sendText(answer(message), true) : null;
			}

			private String answer(JsonNode message) {
				ObjectNode answer = json.createObjectNode().put("lease", message.path("lease").asString());
				try {
					JsonNode data = work.apply(message.path("event").path("data"));
					answer.put("do", "handled")
						.putArray("results")
						.addObject()
						.put("type", resultType)
						.set("data", data);
				}
				catch (RuntimeException ex) {
					answer.put("do", "failed").put("reason", ex.toString());
				}
				return answer.toString();
			}

		}).join();
	}
	// end::worker[]

}
