package dev.busbar.profile;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@link SeveralBrokersException}.
 */
class SeveralBrokersFailureAnalyzer extends AbstractFailureAnalyzer<SeveralBrokersException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SeveralBrokersException cause) {
		return new FailureAnalysis(cause.getMessage(),
				"Keep one of them in 'spring.profiles.active', for example --spring.profiles.active=rabbit,examples. "
						+ "Without any of them the embedded broker is used.",
				cause);
	}

}
