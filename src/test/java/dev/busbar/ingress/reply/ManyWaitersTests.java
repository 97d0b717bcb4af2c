package dev.busbar.ingress.reply;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.busbar.ingress.HttpTester;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three thousand requests that wait at once, and the end of the application.
 */
class ManyWaitersTests {

	private static final int MANY = 3000;

	@Test
	void threeThousandWaitWithoutAThreadEach() throws IOException {
		try (ConfigurableApplicationContext application = start("--busbar.ingress.wait.max-waiting=" + MANY,
				"--busbar.ingress.wait.max=5m", "--server.tomcat.max-connections=4000")) {
			ReplyApplication.Gate gate = application.getBean(ReplyApplication.Gate.class);
			Waiters waiters = application.getBean(Waiters.class);
			HttpTester http = new HttpTester(port(application));
			gate.close();
			int threads = ManagementFactory.getThreadMXBean().getThreadCount();
			List<SocketChannel> clients = new ArrayList<>();
			for (int number = 0; number < MANY; number++) {
				clients.add(post(port(application), "e" + number, 300));
			}
			soon().until(() -> waiters.count() == MANY);
			assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
				.as("two workers at the most beside the server's pool of 20")
				.isLessThan(threads + 30);
			assertThat(http.get("/handlers").statusCode()).as("others are served").isEqualTo(200);
			gate.open();
			for (SocketChannel client : clients) {
				assertThat(answer(client)).startsWith("HTTP/1.1 200").endsWith("[]");
			}
			assertThat(waiters.count()).isZero();
		}
	}

	@Test
	void whoWaitsIsAnsweredWhenTheApplicationStops() throws IOException {
		ConfigurableApplicationContext application = start("--busbar.ingress.wait.max=5m");
		try {
			ReplyApplication.Gate gate = application.getBean(ReplyApplication.Gate.class);
			Waiters waiters = application.getBean(Waiters.class);
			gate.close();
			List<SocketChannel> clients = new ArrayList<>();
			for (int number = 0; number < 20; number++) {
				clients.add(post(port(application), "s" + number, 300));
			}
			soon().until(() -> waiters.count() == 20);
			long start = System.nanoTime();
			Thread stop = new Thread(application::close, "stop");
			stop.start();
			for (SocketChannel client : clients) {
				assertThat(answer(client)).startsWith("HTTP/1.1 202").doesNotContain("Preference-Applied");
			}
			assertThat(Duration.ofNanos(System.nanoTime() - start)).as("at once").isLessThan(Duration.ofMinutes(1));
			gate.open();
			soon().until(() -> !stop.isAlive());
		}
		finally {
			application.close();
		}
	}

	@Test
	void nothingIsAskedOrHeardWhileNobodyWaits() {
		try (ConfigurableApplicationContext application = start("--busbar.ingress.wait.max=0s")) {
			Waiters waiters = application.getBean(Waiters.class);
			HttpTester http = new HttpTester(port(application));
			HttpResponse<String> answer = http.post("/webhook",
					"{\"event\":\"reply.held\",\"id\":\"n1\",\"data\":{\"key\":\"k\",\"number\":1}}", "Content-Type",
					"application/json", "Prefer", "wait=15");
			assertThat(answer.statusCode()).isEqualTo(202);
			assertThat(answer.headers().firstValue("Preference-Applied")).isEmpty();
			assertThat(waiters.isListening()).isFalse();
			soon().until(() -> http.get("/events/n1").body().contains("\"handled\""));
			assertThat(Thread.getAllStackTraces().keySet()).noneMatch((it) -> it.getName().equals("busbar-wait"));
		}
	}

	private static SocketChannel post(int port, String id, int wait) throws IOException {
		SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		String body = "{\"event\":\"reply.held\",\"id\":\"" + id + "\",\"data\":{\"key\":\"" + id + "\",\"number\":1}}";
		channel.write(ByteBuffer
			.wrap(("POST /webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nPrefer: wait=" + wait
					+ "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
				.getBytes(StandardCharsets.US_ASCII)));
		return channel;
	}

	private static String answer(SocketChannel client) throws IOException {
		try (client) {
			client.socket().setSoTimeout(120_000);
			return new String(client.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		List<String> all = new ArrayList<>(
				List.of("--server.port=0", "--spring.application.name=waiters", "--server.tomcat.threads.max=20",
						"--spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
		all.addAll(List.of(arguments));
		return new SpringApplicationBuilder(ReplyApplication.class).run(all.toArray(String[]::new));
	}

	private static int port(ConfigurableApplicationContext application) {
		return Objects.requireNonNull(((ServletWebServerApplicationContext) application).getWebServer()).getPort();
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20));
	}

}
