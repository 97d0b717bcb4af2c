package dev.busbar.ingress.webhook;

import dev.busbar.ingress.webhook.source.SourceConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says why the start was refused for a source of webhooks, and what to do.
 */
class SourceFailureAnalyzer extends AbstractFailureAnalyzer<SourceConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SourceConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
