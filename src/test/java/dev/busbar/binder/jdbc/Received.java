package dev.busbar.binder.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;

/**
 * What a consumer received, record by record.
 */
final class Received implements MessageHandler {

	private final List<Item> items = new CopyOnWriteArrayList<>();

	@Override
	public void handleMessage(Message<?> message) {
		this.items.addAll(items(message));
	}

	@SuppressWarnings("unchecked")
	static List<Item> items(Message<?> message) {
		if (message.getPayload() instanceof byte[] bytes) {
			return List.of(new Item(new String(bytes, StandardCharsets.UTF_8), message.getHeaders()));
		}
		List<byte[]> payloads = (List<byte[]>) message.getPayload();
		List<Map<String, Object>> headers = (List<Map<String, Object>>) header(message.getHeaders(),
				JdbcHeaders.BATCHED_HEADERS);
		return java.util.stream.IntStream.range(0, payloads.size())
			.mapToObj((i) -> new Item(new String(payloads.get(i), StandardCharsets.UTF_8), headers.get(i)))
			.toList();
	}

	private static Object header(Map<String, Object> headers, String name) {
		return Objects.requireNonNull(headers.get(name), name);
	}

	List<String> payloads() {
		return this.items.stream().map(Item::payload).toList();
	}

	List<String> payloads(int partition) {
		return this.items.stream().filter((item) -> item.partition() == partition).map(Item::payload).toList();
	}

	List<Item> items() {
		return this.items;
	}

	record Item(String payload, Map<String, Object> headers) {

		int partition() {
			return (Integer) header(this.headers, JdbcHeaders.PARTITION);
		}

		long offset() {
			return (Long) header(this.headers, JdbcHeaders.OFFSET);
		}

		void acknowledge() {
			acknowledge(AcknowledgmentCallback.Status.ACCEPT);
		}

		void acknowledge(AcknowledgmentCallback.Status status) {
			((AcknowledgmentCallback) header(this.headers, IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK))
				.acknowledge(status);
		}

	}

}
