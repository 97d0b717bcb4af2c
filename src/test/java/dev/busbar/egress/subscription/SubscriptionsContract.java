package dev.busbar.egress.subscription;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import dev.busbar.egress.address.AddressRules;
import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.endpoint.Endpoint.Cause;
import dev.busbar.egress.endpoint.Endpoints;
import dev.busbar.egress.subscription.Subscription.Format;
import dev.busbar.egress.subscription.SubscriptionProperties.Declared;
import dev.busbar.event.Event;
import dev.busbar.store.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What subscriptions and their endpoints promise, on every database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SubscriptionsContract {

	private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

	private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final Definition DEFINITION = new Definition("https://example.com/hook?a=b", List.of("order.*"),
			"data.a == 1", "cloudevents-binary", Map.of("Authorization", "Bearer topsecret"), 10, 5);

	private static final Runnable NOTHING_ELSE = () -> {
	};

	private final TestDatabase database;

	private final Endpoints endpoints;

	private Subscriptions subscriptions;

	SubscriptionsContract(TestDatabase database) {
		this.database = database.withTables();
		this.endpoints = new Endpoints(database.dataSource(), "app");
		this.subscriptions = subscriptions(KEY, Map.of());
	}

	private Subscriptions subscriptions(@Nullable String key, Map<String, Declared> declared) {
		return new Subscriptions(this.database.dataSource(), settings(key, declared), this.endpoints,
				this.database.transaction(), Clock.fixed(NOW, ZoneOffset.UTC));
	}

	private static Subscriptions.Settings settings(@Nullable String key, Map<String, Declared> declared) {
		return new Subscriptions.Settings("app", declared, new AddressRules(List.of(), List.of()), key);
	}

	@BeforeEach
	void clear() {
		this.database.jdbc().update("delete from busbar_subscription");
		this.database.jdbc().update("delete from busbar_endpoint");
		this.subscriptions = subscriptions(KEY, Map.of());
	}

	@AfterAll
	void close() {
		this.database.close();
	}

	@Test
	void aSubscriptionIsKeptAsItWasWrittenAndItsSecretsEncrypted() {
		String secret = create("billing");
		KnownSubscription known = this.subscriptions.find("billing").orElseThrow();
		Subscription subscription = known.subscription();
		assertThat(Definition.of(subscription)).isEqualTo(DEFINITION);
		assertThat(subscription.format()).isEqualTo(Format.CLOUDEVENTS_BINARY);
		assertThat(subscription.created()).isEqualTo(NOW);
		assertThat(known.secrets()).isEqualTo(new SigningSecrets(secret, null, null));
		assertThat(this.database.jdbc().queryForMap("select * from busbar_subscription").toString())
			.doesNotContain(secret.substring("whsec_".length()), "topsecret");
		assertThat(subscription.toString() + known).doesNotContain("topsecret", "a=b");
		assertThat(this.subscriptions.add(this.subscriptions.check("billing", DEFINITION), true, NOTHING_ELSE))
			.isEmpty();
	}

	@Test
	void withoutTheKeyItGetsNothing() {
		create("billing");
		KnownSubscription known = subscriptions(null, Map.of()).find("billing").orElseThrow();
		assertThat(known.secrets()).isNull();
		assertThat(known.subscription().headers()).isEmpty();
	}

	@Test
	void whatWasKeptWithoutAKeyStaysReadableWithOne() {
		this.subscriptions = subscriptions(null, Map.of());
		String secret = create("billing");
		assertThat(this.database.jdbc().queryForMap("select * from busbar_subscription").toString()).contains(secret);
		assertThat(subscriptions(KEY, Map.of()).find("billing").orElseThrow().secrets())
			.isEqualTo(new SigningSecrets(secret, null, null));
	}

	@Test
	void aChangeKeepsTheSecretAndANewUrlBeginsAnew() {
		String secret = create("billing");
		this.endpoints.write(Endpoint.healthy("billing").disable(Cause.GONE, NOW));
		assertThat(this.subscriptions.change("billing",
				(present) -> new Definition(present.url(), List.of("*"), null, null, null, null, null)))
			.isTrue();
		assertThat(this.endpoints.find("billing", false).orElseThrow().disabled()).isEqualTo(Cause.GONE);
		this.subscriptions.change("billing",
				(present) -> new Definition("https://example.com/other", List.of("*"), null, null, null, null, null));
		assertThat(this.endpoints.find("billing", false)).contains(Endpoint.healthy("billing"));
		KnownSubscription known = this.subscriptions.find("billing").orElseThrow();
		assertThat(known.subscription().types()).containsExactly("*");
		assertThat(known.subscription().filter()).isNull();
		assertThat(known.secrets()).isEqualTo(new SigningSecrets(secret, null, null));
		assertThat(this.subscriptions.change("none", (present) -> present)).isFalse();
	}

	@Test
	void aNewSecretComesWithTheOneBefore() {
		String first = create("billing");
		String second = this.subscriptions.rotate("billing").orElseThrow();
		assertThat(second).isNotEqualTo(first);
		assertThat(this.subscriptions.all().get("billing").secrets())
			.isEqualTo(new SigningSecrets(second, first, NOW.plus(Duration.ofDays(1))));
		assertThat(this.subscriptions.rotate("none")).isEmpty();
	}

	@Test
	void anEventGoesToThoseWhoWantIt() {
		create("billing");
		this.subscriptions.add(
				this.subscriptions.check("all",
						new Definition("https://example.com", List.of("*"), null, null, null, null, null)),
				true, NOTHING_ELSE);
		this.subscriptions.add(
				this.subscriptions.check("off",
						new Definition("https://example.com", List.of("*"), null, null, null, null, null)),
				false, NOTHING_ELSE);
		assertThat(this.subscriptions.wanting(event("order.placed", "{\"a\":1}"))).containsExactlyInAnyOrder("all",
				"billing");
		assertThat(this.subscriptions.wanting(event("order.placed", "{\"a\":2}"))).containsExactly("all");
		assertThat(this.subscriptions.wanting(event("other", "{\"a\":1}"))).containsExactly("all");
		this.subscriptions.enable("all", false);
		this.subscriptions.enable("off", true);
		assertThat(this.subscriptions.wanting(event("other", "{}"))).containsExactly("off");
		assertThat(this.subscriptions.remove("off")).isTrue();
		this.subscriptions.changed();
		assertThat(this.subscriptions.wanting(event("other", "{}"))).isEmpty();
		assertThat(this.endpoints.find("off", false)).isEmpty();
	}

	@Test
	void whatWasReadBeforeAChangeIsNotTakenForWhatIsAfterIt() {
		create("billing");
		AtomicReference<Runnable> between = new AtomicReference<>(() -> {
		});
		// Endpoints are read after the subscriptions.
		Endpoints slow = new Endpoints(new DelegatingDataSource(this.database.dataSource()) {

			@Override
			public Connection getConnection() throws SQLException {
				between.getAndSet(() -> {
				}).run();
				return super.getConnection();
			}

		}, "app");
		Subscriptions read = new Subscriptions(this.database.dataSource(), settings(KEY, Map.of()), slow,
				this.database.transaction(), Clock.fixed(NOW, ZoneOffset.UTC));
		between.set(() -> read.change("billing",
				(present) -> new Definition(present.url(), List.of("*"), null, null, null, null, null)));
		assertThat(read.all().get("billing").subscription().types()).containsExactly("order.*");
		assertThat(read.all().get("billing").subscription().types()).containsExactly("*");
	}

	@Test
	void aSubscriptionOfAnotherVersionStopsNobodyElse() {
		create("billing");
		create("newer");
		this.database.jdbc().update("update busbar_subscription set filter = 'data.x in future(' where name = 'newer'");
		this.subscriptions.changed();
		assertThat(this.subscriptions.wanting(event("order.placed", "{\"a\":1}"))).containsExactly("billing");
	}

	@Test
	void aDeclaredSubscriptionStandsBesideThoseInTheDatabase() {
		create("billing");
		Map<String, Declared> declared = Map.of("crm", new Declared("https://example.com/crm", List.of("order.*"), null,
				null, SECRET, null, Map.of(), null, null, true));
		Subscriptions both = subscriptions(KEY, declared);
		both.layDeclared();
		both.layDeclared();
		assertThat(both.all().keySet()).containsExactlyInAnyOrder("billing", "crm");
		assertThat(both.wanting(event("order.placed", "{}"))).containsExactly("crm");
		assertThat(both.add(both.check("crm", DEFINITION), true, NOTHING_ELSE)).isEmpty();
		assertThat(both.find("crm").orElseThrow().secrets()).isEqualTo(new SigningSecrets(SECRET, null, null));
		both.enable("crm", false);
		subscriptions(KEY, declared).layDeclared();
		assertThat(this.endpoints.find("crm", false).orElseThrow().disabled()).isEqualTo(Cause.PERSON);
	}

	@Test
	void aDeclaredSubscriptionThatIsNoneIsToldByItsName() {
		Declared without = new Declared("https://example.com", List.of("*"), null, null, null, null, Map.of(), null,
				null, true);
		assertThatIllegalArgumentException().isThrownBy(() -> subscriptions(KEY, Map.of("crm", without)))
			.withMessageContaining("busbar.subscriptions.crm")
			.withMessageContaining("'secret' is missing");
		Declared inside = new Declared("http://10.0.0.1", List.of("*"), null, null, SECRET, null, Map.of(), null, null,
				true);
		assertThatIllegalArgumentException().isThrownBy(() -> subscriptions(KEY, Map.of("crm", inside)))
			.withMessageContaining("not public");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Host", "content-length", "Content-Type", "Content-MD5", "content-disposition",
			"Transfer-Encoding", "Connection", "TE", "Upgrade", "Webhook-Id", "webhook-signature", "ce-id",
			"Proxy-Authorization", "Cookie", "Expect", "X-Forwarded-For", "Accept-Encoding", "a b", "a:b", "" })
	void aHeaderThatIsNotTheirsIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> check(Map.of(name, "x")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " x", "x ", "x\r\nEvil: y", "x\ny", "\u0000", "ü", "***" })
	void aHeaderValueThatIsNoneIsRefused(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> check(Map.of("X-Mine", value)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Billing", "a b", "-a", "a-", "a/b", "a.b", "ä" })
	void aNameThatIsNoneIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.subscriptions.check(name, DEFINITION));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "a\n", "*a*b*c*" })
	void aPatternThatIsNoneIsRefused(String type) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.subscriptions.check("a",
				new Definition("https://example.com", List.of(type), null, null, null, null, null)));
	}

	private void check(Map<String, String> headers) {
		this.subscriptions.check("a",
				new Definition("https://example.com", List.of("*"), null, null, headers, null, null));
	}

	@Test
	void oneInstanceAtATimeProbesAnEndpoint() {
		this.endpoints.lay("billing", "https://example.com");
		assertThat(this.endpoints.probe("billing", NOW, NOW.plusSeconds(60))).isFalse();
		this.endpoints.write(new Endpoint("billing", null, null, NOW, 5, 50, 1, NOW));
		assertThat(this.endpoints.find("billing", true))
			.contains(new Endpoint("billing", null, null, NOW, 5, 50, 1, NOW));
		assertThat(this.endpoints.probe("billing", NOW, NOW.plusSeconds(60))).isTrue();
		assertThat(this.endpoints.probe("billing", NOW, NOW.plusSeconds(60))).isFalse();
		assertThat(this.endpoints.probe("billing", NOW.plusSeconds(60), NOW.plusSeconds(120))).isTrue();
	}

	@Test
	void aRateIsSharedByAllInstances() {
		this.endpoints.lay("billing", "https://example.com");
		assertThat(take(8, NOW)).isEqualTo(8);
		assertThat(take(8, NOW)).isEqualTo(2);
		assertThat(take(8, NOW)).isZero();
		assertThat(take(8, NOW.plusMillis(300))).isEqualTo(3);
		assertThat(take(100, NOW.plusSeconds(60))).isEqualTo(10);
	}

	private int take(int wanted, Instant now) {
		Integer taken = this.database.transaction().execute((status) -> {
			int free = this.endpoints.pace("billing", 10, wanted, now);
			this.endpoints.paced("billing", 10, free, now);
			return free;
		});
		return (taken != null) ? taken : -1;
	}

	private String create(String name) {
		return this.subscriptions.add(this.subscriptions.check(name, DEFINITION), true, NOTHING_ELSE).orElseThrow();
	}

	private static Event<byte @Nullable []> event(String type, String data) {
		return new Event<>("1", "/test", type, null, null, null, null, null, null, null, Map.of(),
				data.getBytes(StandardCharsets.UTF_8));
	}

}
