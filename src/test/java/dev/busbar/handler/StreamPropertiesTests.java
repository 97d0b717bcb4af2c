package dev.busbar.handler;

import java.util.Map;

import dev.busbar.handler.StreamProperties.OneType;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class StreamPropertiesTests {

	@Test
	void aTypeWithoutSettingsIsDeclaredAndTravelsOnAStreamOfItsOwn() {
		StreamProperties properties = new Binder(new MapConfigurationPropertySource(Map.of("busbar.types.hello", "")))
			.bindOrCreate("busbar", StreamProperties.class);
		assertThat(properties.types()).containsExactly(Map.entry("hello", new OneType(null)));
	}

}
