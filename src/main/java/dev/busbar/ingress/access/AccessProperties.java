package dev.busbar.ingress.access;

import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may call.
 *
 * @param keys API keys by a name of your choice, each as "{sha256}" and the hexadecimal
 * SHA-256 of the key. With at least one, every request needs a key, but those to
 * /actuator/health.
 * @param open Whether anyone may call, on any address. Without it and without keys, the
 * server must listen on a loopback address.
 */
@ConfigurationProperties("busbar.access")
public record AccessProperties(@DefaultValue Map<String, String> keys, @DefaultValue("false") boolean open) {

	public AccessProperties {
		keys = Map.copyOf(keys);
	}

}
