package dev.busbar.ingress.webhook;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.busbar.ingress.access.OwnCredentials;
import dev.busbar.ingress.webhook.source.WebhookSource;
import dev.busbar.ingress.webhook.source.WebhookSources;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Says that webhooks need no API key: their source's secret lets them in. Those of
 * unknown sources come in too, to be refused like those with a wrong signature. An open
 * source has no secret, and so no such privilege.
 */
class WebhookCredentials implements OwnCredentials {

	private static final Pattern PATH = Pattern.compile(WebhooksEndpoint.PATH + "/([A-Za-z0-9_-]{1,64})");

	private final WebhookSources sources;

	private final String prefix;

	/**
	 * Creates the rule.
	 * @param sources the sources
	 * @param prefix the path of Spring MVC
	 */
	WebhookCredentials(WebhookSources sources, String prefix) {
		this.sources = sources;
		this.prefix = prefix;
	}

	// The target as it was sent, so that no two readings of an unusual one can differ.
	@Override
	public boolean areIn(HttpServletRequest request) {
		String uri = request.getRequestURI();
		String base = request.getContextPath() + this.prefix;
		Matcher path = PATH.matcher(uri.startsWith(base) ? uri.substring(base.length()) : "");
		return path.matches() && !this.sources.find(path.group(1)).map(WebhookSource::isOpen).orElse(false);
	}

}
