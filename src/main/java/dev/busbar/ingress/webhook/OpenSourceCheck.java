package dev.busbar.ingress.webhook;

import java.net.InetAddress;

import dev.busbar.ingress.webhook.source.SourceConfigurationException;
import dev.busbar.ingress.webhook.source.WebhookSource;
import dev.busbar.ingress.webhook.source.WebhookSources;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Refuses to open a port that others can reach while a source asks for no secret.
 */
class OpenSourceCheck implements WebServerFactoryCustomizer<AbstractConfigurableWebServerFactory>, Ordered {

	private final WebhookSources sources;

	OpenSourceCheck(WebhookSources sources) {
		this.sources = sources;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void customize(AbstractConfigurableWebServerFactory factory) {
		String open = this.sources.open().map(WebhookSource::name).orElse(null);
		InetAddress address = factory.getAddress();
		if (open != null && factory.getPort() >= 0 && (address == null || !address.isLoopbackAddress())) {
			throw new SourceConfigurationException(
					"The source of webhooks '" + open + "' has the scheme 'open', and the server would listen where "
							+ "others can reach it (server.address).",
					"Do one of these:\n - give the source a scheme with secrets: busbar.sources." + open
							+ ".scheme=api-key, for example\n - listen on this machine alone: server.address=127.0.0.1");
		}
	}

}
