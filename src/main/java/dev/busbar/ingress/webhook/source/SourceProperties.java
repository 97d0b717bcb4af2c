package dev.busbar.ingress.webhook.source;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.busbar.ingress.access.AccessProperties.RateLimit;
import dev.busbar.ingress.webhook.scheme.Hmac;
import dev.busbar.ingress.webhook.scheme.SignatureEncoding;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may send webhooks to {@code POST /webhooks/<name>}.
 *
 * @param sources Sources of webhooks by name: lower-case letters, digits and '-'.
 */
@ConfigurationProperties("busbar")
public record SourceProperties(@DefaultValue Map<String, OneSource> sources) {

	public SourceProperties {
		sources = Map.copyOf(sources);
	}

	/**
	 * A source of webhooks. A template is text with parts such as {@code {/pointer}} (a
	 * JSON pointer into the body) and {@code {header:Name}}; the first part must be
	 * there, a further one that is not is left out with the dot before it.
	 *
	 * @param scheme How deliveries prove where they come from.
	 * @param secrets Secrets, any of which may match. As the provider shows them; for
	 * "basic", each as user:password.
	 * @param hmac Where the scheme "hmac" finds its signature.
	 * @param credential Template that finds the key of the scheme "api-key"; by default
	 * "{header:X-API-Key}".
	 * @param type Template of the event type; by default the scheme's.
	 * @param id Template of the id, by which a delivery that comes twice is known, or
	 * "digest" (of type and body); by default the scheme's.
	 * @param key Template of the event's key; by default what the class of the event
	 * declares.
	 * @param tolerance How far the time of a delivery may be from ours, in either
	 * direction, where the scheme signs it; by default 300 s, at most a day.
	 * @param types Patterns of the event types that are taken, with '*' for any
	 * characters; all, if there are none.
	 * @param unhandledTypes What becomes of types that the application does not know.
	 * @param source Source (a URI reference) of the events; by default /webhooks/ and the
	 * name.
	 * @param format What the body is.
	 * @param rateLimit How many verified deliveries are taken; by default as many as
	 * busbar.access.rate-limit allows.
	 * @param handshake Questions that a provider may ask before it delivers.
	 */
	public record OneSource(@Nullable Scheme scheme, @DefaultValue List<String> secrets, @Nullable HmacHeader hmac,
			@Nullable String credential, @Nullable String type, @Nullable String id, @Nullable String key,
			@Nullable Duration tolerance, @DefaultValue List<String> types,
			@DefaultValue("reject") UnhandledTypes unhandledTypes, @Nullable String source,
			@DefaultValue("body") BodyFormat format, @Nullable RateLimit rateLimit, @DefaultValue Handshake handshake) {

		public OneSource {
			secrets = List.copyOf(secrets);
			types = List.copyOf(types);
		}

		/** Without the secrets. */
		@Override
		public String toString() {
			return "OneSource[scheme=" + this.scheme + ", secrets=" + this.secrets.size() + ", type=" + this.type
					+ ", id=" + this.id + ", source=" + this.source + "]";
		}

	}

	/**
	 * A signature over the body.
	 *
	 * @param header The header that holds the signature.
	 * @param algorithm The hash function of the HMAC.
	 * @param encoding How the signature is written.
	 * @param prefix What stands before the signature, such as sha256=.
	 */
	public record HmacHeader(@Nullable String header, @DefaultValue("sha256") Hmac.Algorithm algorithm,
			@DefaultValue("hex") SignatureEncoding encoding, @DefaultValue("") String prefix) {

	}

	/**
	 * Questions that a provider may ask before it delivers.
	 *
	 * @param origins Names of senders (WebHook-Request-Origin) that are told by OPTIONS
	 * that they may deliver, as CloudEvents has it; '*' is everyone.
	 * @param rate Deliveries a minute that such a sender is allowed; by default any
	 * number.
	 * @param microsoft Whether the query parameter validationToken is echoed.
	 * @param twitter Whether GET with the query parameter crc_token is answered (X,
	 * Twitter).
	 */
	public record Handshake(@DefaultValue List<String> origins, @Nullable Integer rate,
			@DefaultValue("false") boolean microsoft, @DefaultValue("false") boolean twitter) {

		public Handshake {
			origins = List.copyOf(origins);
		}

	}

}
