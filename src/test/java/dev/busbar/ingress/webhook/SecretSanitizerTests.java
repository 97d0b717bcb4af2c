package dev.busbar.ingress.webhook;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.SanitizableData;

import static org.assertj.core.api.Assertions.assertThat;

class SecretSanitizerTests {

	private final SecretSanitizer sanitizer = new SecretSanitizer();

	@ParameterizedTest
	@ValueSource(strings = { "busbar.sources.shop.secrets[0]", "BUSBAR_SOURCES_SHOP_SECRETS",
			"busbar.subscriptions.crm.secret", "busbar.subscriptions.crm.previous-secret",
			"busbar.subscriptions.crm.previousSecret", "BUSBAR_SUBSCRIPTIONS_CRM_PREVIOUSSECRET",
			"busbar.subscriptions.crm.headers.Authorization", "busbar.subscriptions[crm].headers[X-Key]",
			"BUSBAR_SUBSCRIPTIONS_CRM_HEADERS_AUTHORIZATION", "busbar.deliveries.encryption-key",
			"busbar.deliveries.encryptionKey", "BUSBAR_DELIVERIES_ENCRYPTIONKEY", "BUSBAR_DELIVERIES_ENCRYPTION_KEY" })
	void aSecretIsHidden(String key) {
		assertThat(value(key, "s")).isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(value("sun.java.command", "busbar.jar --" + key + "=s")).isEqualTo(SanitizableData.SANITIZED_VALUE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"busbar\":{\"sources\":{\"shop\":{\"secrets\":[\"s\"]}}}}",
			"{\"busbar\": {\"subscriptions\": {\"crm\": {\"secret\": \"s\"}}}}",
			"{\"busbar\":{\"deliveries\":{\"encryption-key\":\"s\"}}}" })
	void whatHasASecretInItIsHidden(String json) {
		assertThat(value("SPRING_APPLICATION_JSON", json)).isEqualTo(SanitizableData.SANITIZED_VALUE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "busbar.sources.shop.scheme", "busbar.subscriptions.crm.url", "busbar.deliveries.schedule",
			"busbar.secret", "other.subscriptions.secret" })
	void anythingElseIsShown(String key) {
		assertThat(value(key, "s")).isEqualTo("s");
	}

	private Object value(String key, String value) {
		return this.sanitizer.apply(new SanitizableData(null, key, value)).getValue();
	}

}
