package dev.busbar.ingress.access;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says why the start was refused, and what to do.
 */
class AccessFailureAnalyzer extends AbstractFailureAnalyzer<AccessConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, AccessConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
