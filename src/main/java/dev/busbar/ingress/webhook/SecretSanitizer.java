package dev.busbar.ingress.webhook;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Hides the secrets of sources and subscriptions, the subscriptions' headers and the key
 * that encrypts them where the actuator shows properties and environment variables,
 * however it is told to show them; and what repeats them in its value, as the system
 * property of the command line does.
 */
class SecretSanitizer implements SanitizingFunction {

	private static final Pattern SECRETS = Pattern.compile(
			"busbar[^a-z0-9]{0,6}(sources.*secret|subscriptions.*(secret|headers)|deliveries.*encryption[^a-z0-9]?key)",
			Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

	@Override
	public SanitizableData apply(SanitizableData data) {
		return isSecret(data.getKey()) || isSecret(data.getValue()) ? data.withSanitizedValue() : data;
	}

	private static boolean isSecret(@Nullable Object text) {
		return text != null && SECRETS.matcher(text.toString()).find();
	}

}
