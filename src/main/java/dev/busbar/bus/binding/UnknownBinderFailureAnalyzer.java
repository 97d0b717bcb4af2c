package dev.busbar.bus.binding;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which brokers there are when the configuration names another one.
 */
class UnknownBinderFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

	private static final String UNKNOWN = "Unknown binder configuration: ";

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
		String message = String.valueOf(cause.getMessage());
		if (!message.startsWith(UNKNOWN)) {
			return null;
		}
		return new FailureAnalysis(
				"There is no broker '%s' (spring.cloud.stream.default-binder, or the 'binder' of a binding)."
					.formatted(message.substring(UNKNOWN.length())),
				"Choose one by profile (embedded, rabbit, kafka), or set it to jdbc, rabbit, kafka or a binder that is on "
						+ "the class path.",
				cause);
	}

}
