package dev.busbar.ingress.registry;

import java.util.concurrent.ConcurrentHashMap;

import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * JSON Schemas (draft 2020-12) of data classes, made when first asked for.
 */
class EventSchemas {

	private final ConcurrentHashMap<Class<?>, JsonNode> schemas = new ConcurrentHashMap<>();

	private @Nullable SchemaGenerator generator;

	/**
	 * The schema of a class.
	 * @param dataClass the class of an event's data
	 * @return the schema; one that says nothing if the class is beyond the generator
	 */
	JsonNode of(Class<?> dataClass) {
		JsonNode known = this.schemas.get(dataClass);
		return (known != null) ? known : generate(dataClass);
	}

	// The generator is not made for several threads.
	private synchronized JsonNode generate(Class<?> dataClass) {
		if (this.generator == null) {
			this.generator = generator();
		}
		JsonNode schema;
		try {
			schema = this.generator.generateSchema(dataClass);
		}
		catch (RuntimeException | StackOverflowError ex) {
			// One strange class must not take the whole page away.
			schema = JsonNodeFactory.instance.objectNode()
				.put("type", "object")
				.put("$comment", "No schema can be made of this class.");
		}
		this.schemas.put(dataClass, schema);
		return schema;
	}

	private static SchemaGenerator generator() {
		SchemaGeneratorConfigBuilder builder = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12,
				OptionPreset.PLAIN_JSON)
			.with(new JacksonSchemaModule(JacksonOption.RESPECT_JSONPROPERTY_ORDER,
					JacksonOption.RESPECT_JSONPROPERTY_REQUIRED, JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE,
					JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY))
			.with(Option.STANDARD_FORMATS)
			.without(Option.VOID_METHODS);
		return new SchemaGenerator(builder.build());
	}

}
