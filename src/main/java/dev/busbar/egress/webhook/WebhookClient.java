package dev.busbar.egress.webhook;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLContext;

import dev.busbar.egress.address.HostAddresses;
import dev.busbar.event.format.LogText;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.entity.AsyncEntityProducers;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends webhooks: HTTP/1.1, to the addresses that were checked, without redirects,
 * cookies, credentials, proxies, decompression and repetitions of its own. Each attempt
 * ends by the deadline, and its connection with it. Safe for use by several threads.
 */
public final class WebhookClient implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(WebhookClient.class);

	private static final int MAX_LINE = 16_384;

	private static final int MAX_HEADERS = 200;

	private static final int MAX_FAILURE = 500;

	private final CloseableHttpAsyncClient client;

	private final HostAddresses addresses;

	private final Duration deadline;

	private final Duration maxRetryAfter;

	private final Clock clock;

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "busbar-deadlines");
		thread.setDaemon(true);
		return thread;
	});

	/**
	 * Creates a client.
	 * @param addresses finds and checks addresses
	 * @param settings its bounds
	 * @param ssl says which certificates are trusted, null for those that Java trusts
	 * @param clock tells the time of attempts
	 */
	public WebhookClient(HostAddresses addresses, Settings settings, @Nullable SSLContext ssl, Clock clock) {
		this.addresses = addresses;
		this.deadline = settings.deadline();
		this.maxRetryAfter = settings.maxRetryAfter();
		this.clock = clock;
		Timeout timeout = Timeout.of(settings.deadline());
		this.client = HttpAsyncClients.custom()
			.setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
				.setDnsResolver(addresses)
				.setTlsStrategy(ClientTlsStrategyBuilder.create()
					.setSslContext(ssl)
					// Its own, since the check by the JDK is not switched on.
					.setHostnameVerifier(HttpsSupport.getDefaultHostnameVerifier())
					.buildAsync())
				.setDefaultTlsConfig(TlsConfig.custom()
					.setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
					.setHandshakeTimeout(timeout)
					.build())
				.setDefaultConnectionConfig(ConnectionConfig.custom()
					.setConnectTimeout(timeout)
					.setSocketTimeout(timeout)
					// A host that moves is followed.
					.setTimeToLive(TimeValue.ofMinutes(1))
					.setValidateAfterInactivity(TimeValue.ofMilliseconds(100))
					.build())
				.setMaxConnTotal(settings.maxInFlight())
				.setMaxConnPerRoute(settings.maxInFlight())
				.build())
			.setDefaultRequestConfig(RequestConfig.custom()
				.setResponseTimeout(timeout)
				.setConnectionRequestTimeout(timeout)
				.setRedirectsEnabled(false)
				.setContentCompressionEnabled(false)
				.setProtocolUpgradeEnabled(false)
				.build())
			.setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(2).setSoKeepAlive(true).build())
			.setHttp1Config(Http1Config.custom().setMaxLineLength(MAX_LINE).setMaxHeaderCount(MAX_HEADERS).build())
			.setUserAgent("Busbar")
			.setIoReactorExceptionCallback((ex) -> logger.debug("The client failed, or was closed", ex))
			.addExecInterceptorFirst("busbar", (request, body, scope, chain, callback) -> {
				Exchange.started(scope);
				chain.proceed(request, body, scope, callback);
			})
			.disableRedirectHandling()
			.disableAutomaticRetries()
			.disableCookieManagement()
			.disableAuthCaching()
			.disableContentCompression()
			.evictIdleConnections(TimeValue.ofSeconds(30))
			.build();
		this.client.start();
	}

	/**
	 * Sends a webhook.
	 * @param request the webhook
	 * @return what became of it; never fails
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // Each way ends in the outcome.
	public CompletableFuture<Attempt> send(WebhookRequest request) {
		Instant started = this.clock.instant();
		long nanos = System.nanoTime();
		Exchange exchange = new Exchange();
		CompletableFuture<Attempt> outcome = new CompletableFuture<>();
		AtomicReference<@Nullable Future<?>> running = new AtomicReference<>();
		Ending ending = (failure) -> outcome.complete(exchange.attempt(started,
				(int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos), failure, this.maxRetryAfter));
		Future<?> timeout = this.timer.schedule(() -> {
			ending.end("no answer within " + this.deadline.toMillis() + " ms");
			cancel(running.get(), exchange);
		}, this.deadline.toMillis(), TimeUnit.MILLISECONDS);
		outcome.whenComplete((attempt, none) -> timeout.cancel(false));
		CompletableFuture<InetAddress[]> found = this.addresses.find(request.url().getHost());
		found.whenComplete((all, failure) -> {
			if (failure != null) {
				ending.end(text(failure));
			}
			else if (!outcome.isDone()) {
				execute(request, exchange, ending, running, outcome);
			}
		});
		return outcome;
	}

	private void execute(WebhookRequest request, Exchange exchange, Ending ending,
			AtomicReference<@Nullable Future<?>> running, CompletableFuture<Attempt> outcome) {
		try {
			Future<?> sending = this.client.execute(producer(request), exchange, exchange.context(),
					new FutureCallback<Void>() {

						@Override
						public void completed(Void result) {
							ending.end("no answer");
						}

						@Override
						public void failed(Exception failure) {
							ending.end(text(failure));
						}

						@Override
						public void cancelled() {
							ending.end("cancelled");
						}

					});
			running.set(sending);
			if (outcome.isDone()) {
				// The deadline passed meanwhile; of what has ended there is nothing to
				// cancel.
				cancel(sending, exchange);
			}
		}
		catch (RuntimeException ex) {
			ending.end(text(ex));
		}
	}

	private static void cancel(@Nullable Future<?> sending, Exchange exchange) {
		if (sending != null) {
			sending.cancel(true);
		}
		// Once the head of an answer from 400 on is there, the client cancels nothing.
		exchange.disconnect();
	}

	private static AsyncRequestProducer producer(WebhookRequest request) {
		AsyncRequestBuilder builder = AsyncRequestBuilder.post(request.url())
			.setHttpHost(HttpHost.create(request.url()));
		request.headers().forEach(builder::setHeader);
		String contentType = request.headers().get("Content-Type");
		builder.setEntity(AsyncEntityProducers.create(request.body(),
				(contentType != null) ? ContentType.parseLenient(contentType) : null));
		return builder.build();
	}

	private static String text(Throwable failure) {
		Throwable cause = (failure.getCause() instanceof IOException && !(failure instanceof IOException))
				? failure.getCause() : failure;
		String kind = (cause instanceof ConnectException) ? "" : cause.getClass().getSimpleName() + ": ";
		return LogText.of(kind + cause.getMessage(), MAX_FAILURE);
	}

	@Override
	public void close() {
		this.timer.shutdown();
		this.client.close(CloseMode.IMMEDIATE);
	}

	/**
	 * The bounds of a client.
	 *
	 * @param deadline how long an attempt may take
	 * @param maxInFlight how many attempts may run at the same time
	 * @param maxRetryAfter the longest Retry-After that is honoured
	 */
	public record Settings(Duration deadline, int maxInFlight, Duration maxRetryAfter) {

	}

	/** Ends an attempt; the first end counts. */
	@FunctionalInterface
	private interface Ending {

		void end(String failure);

	}

}
