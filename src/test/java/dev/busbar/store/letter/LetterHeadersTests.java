package dev.busbar.store.letter;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LetterHeadersTests {

	private final LetterHeaders headers = new LetterHeaders(List.of("X-Tenant", "shop-*"));

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "Cookie", "X-API-Key", "PASSWORD", "pwd", "X-Auth", "access_key",
			"AccessKey", "session-id", "PGPASS", "bearer", "x-sas", "connection-string", "whatever" })
	void ofWhatIsNeitherTheEventsNorTheBrokersTheNameAloneIsKept(String name) {
		assertThat(this.headers.of(Map.of(name, "canary"))).containsExactly(Map.entry(name, "(hidden)"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ce_authtoken", "cloudEvents_sessionid", "ce-apikey", "ce_authorization", "ce_dbpwd",
			"amqp_password", "kafka_access_key", "ce_busbartoken" })
	void anAttributeWhoseNameIsASecretsIsHidden(String name) {
		assertThat(this.headers.of(Map.of(name, "canary"))).containsExactly(Map.entry(name, "(hidden)"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer canary", "basic canary", " Digest username=canary",
			"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary", "https://user:canary@host/", "redis://:canary@host",
			"Endpoint=sb://x/;SharedAccessKey=canary", "https://host/blob?sv=1&sig=canary", "Server=x;Pwd = canary",
			"-----BEGIN PRIVATE KEY-----canary" })
	void aValueThatLooksLikeASecretIsHiddenWhateverItsName(String value) {
		assertThat(this.headers.of(Map.of("ce_link", value, "amqp_appId", value, "x-tenant", value)).toString())
			.doesNotContain("canary");
	}

	@Test
	void theEventsAttributesAndWhatTheBrokerSaysAreKept() {
		Map<String, String> plain = Map.of("ce_id", "token=1", "ce_source", "https://user:pass@host/", "ce_type",
				"session.started", "ce_partitionkey", "k", "ce_author", "ann", "cloudEvents_traceparent", "00-ab-cd-01",
				"kafka_receivedMessageKey", "k", "kafka_offset", "7", "amqp_receivedRoutingKey", "orders",
				"content-type", "application/json");
		assertThat(this.headers.of(plain)).isEqualTo(plain);
	}

	@Test
	void ofWhatIsStoredForLaterComesTheSameLetter() {
		Map<String, String> all = Map.of("ce_id", "1", "ce_link", "Bearer x", "cloudEvents_sessionid", "s", "x-tenant",
				"acme", "Shop-Key", "Bearer y", "x-password", "canary");
		Map<String, String> stored = this.headers.forLater(all);
		assertThat(stored.toString()).doesNotContain("canary", "Bearer y");
		assertThat(this.headers.of(stored)).isEqualTo(this.headers.of(all));
		assertThat(this.headers.withheld(stored)).isEqualTo(this.headers.withheld(all)).hasSize(2);
	}

	@Test
	void whatTheApplicationNamesIsKept() {
		Map<String, String> named = Map.of("x-tenant", "acme", "Shop-Session", "till 4");
		assertThat(this.headers.of(named)).isEqualTo(named);
	}

}
