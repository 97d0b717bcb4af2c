package dev.busbar.openapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import io.swagger.v3.core.util.Yaml31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;

import org.springframework.core.io.ClassPathResource;

/**
 * Adds Busbar's addresses, as {@code openapi.yaml} has them, to what springdoc finds of
 * the application's own. They are described by hand, since the endpoints read their
 * requests themselves: their signatures tell nothing.
 */
final class BusbarOpenApi implements GlobalOpenApiCustomizer {

	private static final ClassPathResource DOCUMENT = new ClassPathResource("openapi.yaml", BusbarOpenApi.class);

	/** Called when the document is asked for, whose result springdoc keeps. */
	@Override
	public void customise(OpenAPI document) {
		OpenAPI ours = read();
		document.info(ours.getInfo());
		ours.getTags().forEach(document::addTagsItem);
		ours.getPaths().forEach(document::path);
		if (document.getComponents() == null) {
			document.components(new Components());
		}
		Components components = document.getComponents();
		ours.getComponents().getSchemas().forEach(components::addSchemas);
		ours.getComponents().getResponses().forEach(components::addResponses);
		ours.getComponents().getSecuritySchemes().forEach(components::addSecuritySchemes);
	}

	private static OpenAPI read() {
		try (InputStream in = DOCUMENT.getInputStream()) {
			return Yaml31.mapper().readValue(in, OpenAPI.class);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
