package dev.busbar.openapi;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An OpenAPI document, against which real answers are held.
 */
final class ApiDocument {

	private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "options", "patch");

	private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

	private final JsonNode document;

	private final Set<String> seen = new TreeSet<>();

	ApiDocument(String json) {
		this.document = JsonMapper.shared().readTree(json);
	}

	JsonNode json() {
		return this.document;
	}

	/** All operations, as {@code GET /events/{id}}. */
	Set<String> operations() {
		Set<String> operations = new TreeSet<>();
		this.document.path("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.properties()
				.stream()
				.map(Map.Entry::getKey)
				.filter(METHODS::contains)
				.forEach((method) -> operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
		return operations;
	}

	/** All operations with all their statuses, as {@code GET /events/{id} 200}. */
	Set<String> answers() {
		Set<String> answers = new TreeSet<>();
		operations().forEach((operation) -> operation(operation).path("responses")
			.properties()
			.forEach((response) -> answers.add(operation + " " + response.getKey())));
		return answers;
	}

	/** The answers that were held against it. */
	Set<String> seen() {
		return this.seen;
	}

	/** Asserts that a request has parameters and a content type that are described. */
	void checkRequest(String operation, String target, String... headers) {
		JsonNode described = operation(operation);
		List<String> names = new ArrayList<>();
		described.path("parameters").forEach((parameter) -> names.add(parameter.path("name").asString()));
		int query = target.indexOf('?');
		if (query >= 0) {
			for (String parameter : target.substring(query + 1).split("&")) {
				assertThat(names).as(operation + ": parameters").contains(parameter.replaceFirst("=.*", ""));
			}
		}
		for (int i = 0; i < headers.length; i += 2) {
			if (headers[i].equals("Content-Type")) {
				assertThat(described.path("requestBody").path("content").has(headers[i + 1]))
					.as(operation + ": " + headers[i + 1])
					.isTrue();
			}
		}
	}

	/** Asserts that an answer is one that the document describes. */
	void check(String operation, HttpResponse<String> answer) {
		String status = Integer.toString(answer.statusCode());
		String name = operation + " " + status;
		JsonNode response = resolve(operation(operation).path("responses").path(status));
		assertThat(response.isMissingNode()).as("%s is not described. It says: %s", name, answer.body()).isFalse();
		JsonNode content = response.path("content");
		if (answer.body().isEmpty()) {
			assertThat(content.isMissingNode() || operation.startsWith("OPTIONS")).as(name + ": an empty body")
				.isTrue();
		}
		else {
			String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
			assertThat(content.has(type)).as("%s: %s is not described", name, type).isTrue();
			if (type.endsWith("json")) {
				JsonNode schema = content.path(type).path("schema");
				assertThat(errors(schema, JsonMapper.shared().readTree(answer.body())))
					.as("%s, answered with %s", name, answer.body())
					.isEmpty();
			}
		}
		response.path("headers").properties().forEach((header) -> {
			if (header.getKey().equals("Retry-After") || header.getKey().equals("WWW-Authenticate")) {
				assertThat(answer.headers().firstValue(header.getKey())).as(name + ": " + header.getKey()).isPresent();
			}
		});
		this.seen.add(name);
	}

	List<String> errors(JsonNode schema, JsonNode value) {
		ObjectNode whole = schema.asObject().deepCopy();
		whole.set("components", this.document.path("components"));
		Schema compiled = this.schemas.getSchema(whole);
		return compiled.validate(value).stream().map(Object::toString).toList();
	}

	private JsonNode operation(String operation) {
		String[] parts = operation.split(" ");
		JsonNode found = this.document.path("paths").path(parts[1]).path(parts[0].toLowerCase(java.util.Locale.ROOT));
		assertThat(found.isMissingNode()).as(operation + " is not described").isFalse();
		return found;
	}

	private JsonNode resolve(JsonNode node) {
		String ref = node.path("$ref").asString("");
		return ref.isEmpty() ? node : this.document.at(ref.substring(1));
	}

}
