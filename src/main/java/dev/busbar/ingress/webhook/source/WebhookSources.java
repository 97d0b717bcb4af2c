package dev.busbar.ingress.webhook.source;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * All sources of webhooks, by name. Immutable.
 */
public final class WebhookSources {

	private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

	private final Map<String, WebhookSource> sources = new TreeMap<>();

	/**
	 * Makes the sources.
	 * @param properties as configured
	 * @param clock tells how old deliveries are
	 * @throws SourceConfigurationException if one cannot be
	 */
	public WebhookSources(SourceProperties properties, Clock clock) {
		properties.sources().forEach((name, source) -> {
			if (!NAME.matcher(name).matches()) {
				throw new SourceConfigurationException("'busbar.sources' has a source with the name '" + name + "'.",
						"Use lower-case letters, digits and '-', at most 63: the name is part of the address "
								+ "/webhooks/<name>.");
			}
			this.sources.put(name, new SourceFactory(name, source, clock).create());
		});
	}

	/**
	 * Looks for a source.
	 * @param name its name as it was sent
	 */
	public Optional<WebhookSource> find(String name) {
		return Optional.ofNullable(this.sources.get(name));
	}

	/** The first source that asks for no secret. */
	public Optional<WebhookSource> open() {
		return this.sources.values().stream().filter(WebhookSource::isOpen).findFirst();
	}

}
