package dev.busbar.bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;

/**
 * The floor of sending webhooks: signed requests from memory, 32 at a time to each
 * receiver, with the same HTTP client and nothing else: no store, no retry, no record.
 */
final class PlainSender {

	private static final int IN_FLIGHT = 32;

	private static final String BODY = "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/bench\",\"type\":\"bench.sent\","
			+ "\"datacontenttype\":\"application/json\",\"data\":" + DeliveriesBench.DATA + "}";

	private final CloseableHttpAsyncClient client;

	private final long end;

	private PlainSender(Duration time) {
		this.end = System.nanoTime() + time.toNanos();
		this.client = HttpAsyncClients.custom()
			.setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
				.setMaxConnTotal(1_000)
				.setMaxConnPerRoute(IN_FLIGHT)
				.build())
			.build();
		this.client.start();
	}

	/**
	 * Sends for a while.
	 * @param args the seconds, and the ports of the receivers
	 */
	public static void main(String[] args) throws Exception {
		Duration time = Duration.ofSeconds(Long.parseLong(args[0]));
		PlainSender sender = new PlainSender(time);
		for (int i = 1; i < args.length; i++) {
			for (int lane = 0; lane < IN_FLIGHT; lane++) {
				sender.send("http://127.0.0.1:" + args[i] + "/");
			}
		}
		Thread.sleep(time.toMillis());
		sender.client.close();
	}

	@SuppressWarnings("FutureReturnValueIgnored")
	private void send(String address) {
		if (System.nanoTime() > this.end) {
			return;
		}
		String id = "msg_" + UUID.randomUUID();
		long time = Instant.now().getEpochSecond();
		String body = BODY.formatted(id);
		SimpleHttpRequest request = SimpleRequestBuilder.post(address)
			.setHeader("webhook-id", id)
			.setHeader("webhook-timestamp", Long.toString(time))
			.setHeader("webhook-signature", "v1," + signature(id + "." + time + "." + body))
			.setBody(body, ContentType.APPLICATION_JSON)
			.build();
		this.client.execute(request, new FutureCallback<SimpleHttpResponse>() {

			@Override
			public void completed(SimpleHttpResponse response) {
				send(address);
			}

			@Override
			public void failed(Exception ex) {
				send(address);
			}

			@Override
			public void cancelled() {
				// The end.
			}

		});
	}

	private static String signature(String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(DeliveriesBench.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
