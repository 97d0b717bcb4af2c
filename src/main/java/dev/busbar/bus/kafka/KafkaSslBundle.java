package dev.busbar.bus.kafka;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Gives the bundle {@code spring.kafka.ssl.bundle} to all clients of Kafka. Spring Boot
 * gives it to its own clients as an object; Spring Cloud Stream's binder builds its
 * clients, the one of its meters included, from the properties below {@code spring.kafka}
 * alone. So the bundle is written there, in PEM.
 */
final class KafkaSslBundle implements BeanFactoryPostProcessor {

	private static final String BUNDLE = "spring.kafka.ssl.bundle";

	private static final String PROTOCOL = "spring.kafka.security.protocol";

	private static final String PEM = "PEM";

	private final ConfigurableEnvironment environment;

	KafkaSslBundle(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		String name = this.environment.getProperty(BUNDLE);
		SslBundle bundle = (name != null) ? find(name) : null;
		if (bundle == null) {
			// None is asked for, or one that Spring Boot will miss, too, and say so.
			return;
		}
		try {
			Map<String, Object> properties = new TreeMap<>();
			settings(bundle).forEach((key, value) -> properties.put("spring.kafka.properties[" + key + "]", value));
			if (!this.environment.containsProperty(PROTOCOL)) {
				properties.put(PROTOCOL, "SSL");
			}
			this.environment.getPropertySources().addLast(new MapPropertySource("busbarKafkaSslBundle", properties));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The SSL bundle '" + name + "' (" + BUNDLE + ") cannot be read", ex);
		}
	}

	private @Nullable SslBundle find(String name) {
		Binder binder = Binder.get(this.environment);
		PemSslBundleProperties pem = binder
			.bind("spring.ssl.bundle.pem", Bindable.mapOf(String.class, PemSslBundleProperties.class))
			.orElseGet(Map::of)
			.get(name);
		if (pem != null) {
			return PropertiesSslBundle.get(pem);
		}
		JksSslBundleProperties jks = binder
			.bind("spring.ssl.bundle.jks", Bindable.mapOf(String.class, JksSslBundleProperties.class))
			.orElseGet(Map::of)
			.get(name);
		return (jks != null) ? PropertiesSslBundle.get(jks) : null;
	}

	private static Map<String, String> settings(SslBundle bundle) throws GeneralSecurityException {
		Map<String, String> settings = new TreeMap<>();
		KeyStore trusted = bundle.getStores().getTrustStore();
		if (trusted != null) {
			StringBuilder certificates = new StringBuilder();
			for (String alias : Collections.list(trusted.aliases())) {
				certificates.append(pem("CERTIFICATE", trusted.getCertificate(alias).getEncoded()));
			}
			settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, PEM);
			settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, certificates.toString());
		}
		KeyStore own = bundle.getStores().getKeyStore();
		if (own != null) {
			putKey(own, bundle, settings);
		}
		put(settings, SslConfigs.SSL_ENABLED_PROTOCOLS_CONFIG, bundle.getOptions().getEnabledProtocols());
		put(settings, SslConfigs.SSL_CIPHER_SUITES_CONFIG, bundle.getOptions().getCiphers());
		return settings;
	}

	private static void putKey(KeyStore store, SslBundle bundle, Map<String, String> settings)
			throws GeneralSecurityException {
		String alias = bundle.getKey().getAlias();
		for (String each : Collections.list(store.aliases())) {
			if (store.isKeyEntry(each) && (alias == null || alias.equalsIgnoreCase(each))) {
				StringBuilder chain = new StringBuilder();
				for (Certificate certificate : store.getCertificateChain(each)) {
					chain.append(pem("CERTIFICATE", certificate.getEncoded()));
				}
				settings.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, PEM);
				settings.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, chain.toString());
				settings.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG,
						pem("PRIVATE KEY", key(store, each, bundle).getEncoded()));
				return;
			}
		}
	}

	private static Key key(KeyStore store, String alias, SslBundle bundle) throws GeneralSecurityException {
		String password = bundle.getKey().getPassword();
		if (password == null) {
			password = bundle.getStores().getKeyStorePassword();
		}
		Key key = store.getKey(alias, (password != null) ? password.toCharArray() : null);
		if (key == null) {
			throw new GeneralSecurityException("no key under the alias " + alias);
		}
		return key;
	}

	private static void put(Map<String, String> settings, String name, String @Nullable [] values) {
		if (values != null && values.length > 0) {
			settings.put(name, String.join(",", values));
		}
	}

	private static String pem(String kind, byte[] bytes) {
		return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(bytes)
				+ "\n-----END " + kind + "-----\n";
	}

}
