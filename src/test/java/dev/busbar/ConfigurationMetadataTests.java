package dev.busbar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an editor shows of the configuration.
 */
class ConfigurationMetadataTests {

	private static final Path FILE = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	@Test
	void eachPropertyIsDescribedThereAndInTheDocumentation() throws IOException {
		JsonNode properties = JsonMapper.shared().readTree(Files.readAllBytes(FILE)).path("properties");
		String documentation = Files.readString(Path.of("docs", "configuration.md"));
		assertThat(properties.size()).isGreaterThan(50);
		for (JsonNode property : properties) {
			String name = property.path("name").asString();
			assertThat(property.path("description").asString("")).as(name).isNotBlank();
			assertThat(documentation).as("docs/configuration.md").contains(name);
		}
	}

}
