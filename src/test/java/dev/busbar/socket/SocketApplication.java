package dev.busbar.socket;

import java.util.function.Consumer;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.testing.SocketClient;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * An application on the embedded broker that is called by WebSocket.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SocketApplication {

	/** The properties of the context that the tests share, one a line. */
	static final String PROPERTIES = """
			busbar.feed.enabled=true
			busbar.feed.heartbeat=1s
			busbar.socket.write-timeout=2s
			busbar.socket.messages-per-second=500
			busbar.socket.buffer=2MB
			busbar.socket.max-subscriptions=4
			busbar.socket.ping-interval=5s
			busbar.remote.worker.type=work.asked
			busbar.remote.worker.results=work.done,socket.noted
			busbar.remote.worker.lease=60s
			busbar.handlers.worker.retry.attempts=3
			busbar.handlers.worker.retry.backoff=10ms
			busbar.remote.hasty.type=hasty.asked
			busbar.remote.hasty.results=work.done
			busbar.remote.hasty.lease=1s
			busbar.handlers.hasty.retry.attempts=9
			busbar.handlers.hasty.retry.backoff=10ms
			busbar.remote.silent.type=silent.asked
			busbar.remote.silent.lease=1s
			busbar.handlers.silent.retry.attempts=3
			busbar.handlers.silent.retry.backoff=10ms
			busbar.remote.reserved.type=reserved.asked
			busbar.remote.reserved.callers=someone
			spring.datasource.url=jdbc:h2:mem:sockets;DB_CLOSE_DELAY=-1
			""";

	@EventType("socket.noted")
	record Noted(@EventKey String key, int number, @Nullable String text) {
	}

	@Bean
	Consumer<Noted> note() {
		return (noted) -> {
		};
	}

	/** Publishes an event with a key over a WebSocket and waits for the answer. */
	static void publish(SocketClient client, String id, String type, String key, String data) {
		int before = client.received("published").size();
		client.sendRaw("{\"do\":\"publish\",\"ref\":\"" + id + "\",\"event\":{\"specversion\":\"1.0\",\"id\":\"" + id
				+ "\",\"source\":\"/here\",\"type\":\"" + type + "\",\"partitionkey\":\"" + key + "\",\"data\":" + data
				+ "}}");
		client.await("published", before + 1);
	}

	/** Publishes an event over a WebSocket and waits for the answer. */
	static void publish(SocketClient client, String id, String type, String data) {
		int before = client.received("published").size();
		client.sendRaw("{\"do\":\"publish\",\"ref\":\"" + id + "\",\"event\":{\"specversion\":\"1.0\",\"id\":\"" + id
				+ "\",\"source\":\"/here\",\"type\":\"" + type + "\",\"data\":" + data + "}}");
		client.await("published", before + 1);
	}

}
