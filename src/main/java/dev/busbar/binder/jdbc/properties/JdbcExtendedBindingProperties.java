package dev.busbar.binder.jdbc.properties;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.cloud.stream.binder.AbstractExtendedBindingProperties;
import org.springframework.cloud.stream.binder.BinderSpecificPropertiesProvider;

/**
 * Settings of the bindings on the embedded broker, by binding.
 */
@ConfigurationProperties("spring.cloud.stream.jdbc")
public class JdbcExtendedBindingProperties extends
		AbstractExtendedBindingProperties<JdbcConsumerProperties, JdbcProducerProperties, JdbcBindingProperties> {

	@Override
	public String getDefaultsPrefix() {
		return "spring.cloud.stream.jdbc.default";
	}

	@Override
	public Map<String, JdbcBindingProperties> getBindings() {
		return doGetBindings();
	}

	@Override
	public Class<? extends BinderSpecificPropertiesProvider> getExtendedPropertiesEntryClass() {
		return JdbcBindingProperties.class;
	}

}
