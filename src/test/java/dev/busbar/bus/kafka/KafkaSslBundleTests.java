package dev.busbar.bus.kafka;

import java.util.HashMap;
import java.util.Map;

import dev.busbar.testing.Certificates;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaSslBundleTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void aBundleOfKeyStoresReachesAllClientsWithItsKeyAndWhatItTrusts() throws Exception {
		Certificates certificates = Certificates.shared();
		set(Map.of("spring.kafka.ssl.bundle", "broker", "spring.ssl.bundle.jks.broker.keystore.location",
				certificates.keyStore().toUri().toString(), "spring.ssl.bundle.jks.broker.keystore.password",
				Certificates.PASSWORD, "spring.ssl.bundle.jks.broker.truststore.location",
				certificates.trustStore().toUri().toString(), "spring.ssl.bundle.jks.broker.truststore.password",
				Certificates.PASSWORD, "spring.ssl.bundle.jks.broker.options.enabled-protocols", "TLSv1.3"));
		KafkaProperties kafka = read();
		for (Map<String, Object> client : java.util.List.of(kafka.buildConsumerProperties(),
				kafka.buildProducerProperties(), kafka.buildAdminProperties())) {
			assertThat(client).containsEntry("security.protocol", "SSL")
				.containsEntry("ssl.enabled.protocols", "TLSv1.3");
			try (DefaultSslEngineFactory engines = new DefaultSslEngineFactory()) {
				Map<String, Object> all = new HashMap<>(client);
				all.keySet().retainAll(AdminClientConfig.configNames());
				engines.configure(new AdminClientConfig(all).values());
				assertThat(engines.truststore().size()).isEqualTo(1);
				assertThat(engines.keystore().size()).isEqualTo(1);
			}
		}
	}

	@Test
	void aProtocolThatIsSetStays() {
		set(Map.of("spring.kafka.ssl.bundle", "broker", "spring.kafka.security.protocol", "SASL_SSL",
				"spring.ssl.bundle.pem.broker.truststore.certificate",
				Certificates.shared().authority().toUri().toString()));
		assertThat(read().buildConsumerProperties()).containsEntry("security.protocol", "SASL_SSL")
			.containsEntry("ssl.truststore.type", "PEM")
			.doesNotContainKey("ssl.keystore.key");
	}

	@Test
	void withoutABundleNothingIsSet() {
		assertThat(read().buildConsumerProperties()).doesNotContainKeys("security.protocol", "ssl.truststore.type");
	}

	private void set(Map<String, Object> properties) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
	}

	private KafkaProperties read() {
		new KafkaSslBundle(this.environment).postProcessBeanFactory(new DefaultListableBeanFactory());
		return Binder.get(this.environment)
			.bind("spring.kafka", Bindable.of(KafkaProperties.class))
			.orElseGet(KafkaProperties::new);
	}

}
