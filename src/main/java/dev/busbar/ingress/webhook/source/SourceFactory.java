package dev.busbar.ingress.webhook.source;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.busbar.event.format.Uris;
import dev.busbar.ingress.webhook.scheme.BodyVerifier;
import dev.busbar.ingress.webhook.scheme.CredentialVerifier;
import dev.busbar.ingress.webhook.scheme.Hmac;
import dev.busbar.ingress.webhook.scheme.LoopbackVerifier;
import dev.busbar.ingress.webhook.scheme.SlackVerifier;
import dev.busbar.ingress.webhook.scheme.StandardWebhooksVerifier;
import dev.busbar.ingress.webhook.scheme.StripeVerifier;
import dev.busbar.ingress.webhook.scheme.Tolerance;
import dev.busbar.ingress.webhook.scheme.Verifier;
import dev.busbar.ingress.webhook.source.SourceProperties.HmacHeader;
import dev.busbar.ingress.webhook.source.SourceProperties.OneSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes one source of its configuration, or says what is wrong with that.
 */
final class SourceFactory {

	private static final Duration TOLERANCE = Duration.ofMinutes(5);

	private static final Duration MAX_TOLERANCE = Duration.ofDays(1);

	// The specification asks for 24; some senders have shorter ones.
	private static final int MIN_KEY_BYTES = 16;

	private static final String DIGEST = "digest";

	/** Headers that hold secrets, which must not become part of an event. */
	private static final List<String> SECRET = List.of("Authorization", "Proxy-Authorization", "Cookie", "X-API-Key");

	private final String name;

	private final OneSource properties;

	private final Scheme scheme;

	private final Clock clock;

	SourceFactory(String name, OneSource properties, Clock clock) {
		this.name = name;
		this.properties = properties;
		this.clock = clock;
		if (properties.scheme() == null) {
			throw wrong("scheme", "is missing", "Set it to one of standard-webhooks, github, stripe, shopify, slack, "
					+ "hmac, basic, api-key, open (this machine alone).");
		}
		this.scheme = properties.scheme();
	}

	WebhookSource create() {
		checkUnused();
		checkSecrets();
		boolean cloudEvents = this.properties.format() == BodyFormat.CLOUDEVENTS;
		ValueTemplate type = template("type", this.properties.type(), cloudEvents ? null : this.scheme.type());
		ValueTemplate key = template("key", this.properties.key(), null);
		return new WebhookSource(this.name, this.scheme, verifier(), this.properties.format(), type, id(cloudEvents),
				key, uri(cloudEvents), types(), this.properties.unhandledTypes(), this.properties.rateLimit(),
				handshake(), crc());
	}

	/** What nothing would read. */
	private void checkUnused() {
		refuse(this.properties.hmac() != null && this.scheme != Scheme.HMAC, "hmac",
				"is read with the scheme hmac alone");
		refuse(this.properties.credential() != null && this.scheme != Scheme.API_KEY, "credential",
				"is read with the scheme api-key alone");
		refuse(this.properties.tolerance() != null && !this.scheme.isTimed(), "tolerance",
				"is set, and the scheme signs no time");
		refuse(!this.properties.secrets().isEmpty() && this.scheme == Scheme.OPEN, "secrets",
				"are set, and the scheme open asks for none");
		refuse(this.properties.handshake().rate() != null && this.properties.handshake().origins().isEmpty(),
				"handshake.rate", "is set without handshake.origins");
	}

	private void refuse(boolean wrong, String property, String found) {
		if (wrong) {
			throw wrong(property, found, "Leave it out, or choose another scheme.");
		}
	}

	private void checkSecrets() {
		List<String> secrets = this.properties.secrets();
		if (secrets.isEmpty() && this.scheme != Scheme.OPEN) {
			throw wrong("secrets", "is missing",
					"Set it to a list of the secret that the provider shows, and while you rotate, of both.");
		}
		for (int i = 0; i < secrets.size(); i++) {
			String secret = secrets.get(i);
			String property = "secrets[" + i + "]";
			if (secret.isBlank() || !secret.equals(secret.strip())) {
				throw wrong(property, "is empty, or has white space at its start or end",
						"Set it to the secret alone. Its value is not shown here.");
			}
			if (this.scheme == Scheme.BASIC && secret.indexOf(':') < 1) {
				throw wrong(property, "has no user name", "Write it as user:password. Its value is not shown here.");
			}
			if (this.scheme == Scheme.STANDARD_WEBHOOKS && !StandardWebhooksVerifier.isKey(secret, MIN_KEY_BYTES)) {
				throw wrong(property, "is no symmetric secret of Standard Webhooks", "Write it as whsec_ and at least "
						+ MIN_KEY_BYTES + " bytes in Base64, as the provider shows it. Its value is not shown here.");
			}
		}
	}

	private Verifier verifier() {
		List<String> secrets = this.properties.secrets();
		return switch (this.scheme) {
			case STANDARD_WEBHOOKS ->
				new StandardWebhooksVerifier(secrets.stream().map(StandardWebhooksVerifier::key).toList(), tolerance());
			case GITHUB -> BodyVerifier.github(secrets);
			case STRIPE -> new StripeVerifier(secrets, tolerance());
			case SHOPIFY -> BodyVerifier.shopify(secrets);
			case SLACK -> new SlackVerifier(secrets, tolerance());
			case HMAC -> hmac();
			case BASIC -> CredentialVerifier.basic(secrets);
			case API_KEY -> CredentialVerifier.key(secrets, credential()::findBytes);
			case OPEN -> new LoopbackVerifier();
		};
	}

	private Verifier hmac() {
		HmacHeader hmac = this.properties.hmac();
		String header = (hmac != null) ? hmac.header() : null;
		if (hmac == null || header == null || !header.matches("[A-Za-z0-9_-]+")) {
			throw wrong("hmac.header", "is missing, or no name of a header",
					"Set it to the header that holds the signature, such as X-Signature.");
		}
		return new BodyVerifier(header, hmac.algorithm(), hmac.encoding(), hmac.prefix(),
				Hmac.bytes(this.properties.secrets()));
	}

	private ValueTemplate credential() {
		String text = this.properties.credential();
		ValueTemplate place = parse("credential", (text != null) ? text : "{header:X-API-Key}");
		if (!place.isSingle()) {
			throw wrong("credential", "is no single place", "Write {header:Name} or {/json/pointer}.");
		}
		return place;
	}

	private Tolerance tolerance() {
		Duration tolerance = (this.properties.tolerance() != null) ? this.properties.tolerance() : TOLERANCE;
		if (tolerance.toSeconds() < 1 || tolerance.compareTo(MAX_TOLERANCE) > 0) {
			throw wrong("tolerance", "is " + tolerance, "Set it to a duration from 1s to 24h.");
		}
		return new Tolerance(tolerance, this.clock);
	}

	private @Nullable ValueTemplate id(boolean cloudEvents) {
		if (DIGEST.equals(this.properties.id())) {
			refuse(cloudEvents, "id", "is digest, and a CloudEvent has an id of its own");
			return null;
		}
		ValueTemplate id = template("id", this.properties.id(), cloudEvents ? null : this.scheme.id());
		if (id != null && id.isFixed()) {
			throw wrong("id", "is the same for all deliveries, so that the second would be taken for the first",
					"Write {header:Name}, {/json/pointer} or digest.");
		}
		return id;
	}

	private @Nullable ValueTemplate template(String property, @Nullable String text, @Nullable String byDefault) {
		String template = (text != null) ? text : byDefault;
		if (template == null) {
			return null;
		}
		ValueTemplate parsed = parse(property, template);
		if (parsed.reads(SECRET)) {
			throw wrong(property, "reads a header that holds secrets", "Take another header, or a JSON pointer.");
		}
		return parsed;
	}

	private ValueTemplate parse(String property, String text) {
		try {
			return ValueTemplate.of(text);
		}
		catch (IllegalArgumentException ex) {
			throw wrong(property, "has " + ex.getMessage(),
					"Write text with {header:Name} and {/json/pointer} in it, such as "
							+ "github.{header:X-GitHub-Event}.{/action}.");
		}
	}

	private @Nullable String uri(boolean cloudEvents) {
		String uri = this.properties.source();
		if (uri == null) {
			return cloudEvents ? null : "/webhooks/" + this.name;
		}
		if (uri.isEmpty() || uri.length() > 512 || !Uris.isReference(uri)) {
			throw wrong("source", "is no URI reference", "Set it to one such as /shop or https://shop.example.");
		}
		return uri;
	}

	private TypePatterns types() {
		for (String pattern : this.properties.types()) {
			if (!pattern.matches("[A-Za-z0-9._*-]+")) {
				throw wrong("types", "has a pattern that no event type can match",
						"Write names such as github.push, or with '*' for any characters, github.*.");
			}
		}
		return new TypePatterns(this.properties.types());
	}

	private WebhookSource.Handshake handshake() {
		List<String> origins = new ArrayList<>();
		for (String origin : this.properties.handshake().origins()) {
			if (!origin.matches("\\*|[A-Za-z0-9._:-]+")) {
				throw wrong("handshake.origins", "has no name of a sender",
						"Write the name that it sends as WebHook-Request-Origin, such as eventgrid.azure.net, or '*'.");
			}
			origins.add(origin.toLowerCase(Locale.ROOT));
		}
		Integer rate = this.properties.handshake().rate();
		if (rate != null && rate < 1) {
			throw wrong("handshake.rate", "is " + rate, "Set it to deliveries a minute, from 1, or leave it out.");
		}
		return new WebhookSource.Handshake(List.copyOf(origins), rate, this.properties.handshake().microsoft());
	}

	private @Nullable Hmac crc() {
		if (!this.properties.handshake().twitter()) {
			return null;
		}
		HmacHeader hmac = this.properties.hmac();
		if (hmac == null || hmac.algorithm() != Hmac.Algorithm.SHA256) {
			throw wrong("handshake.twitter", "is set", "It needs the scheme hmac with sha256.");
		}
		return Hmac.sha256(this.properties.secrets());
	}

	private SourceConfigurationException wrong(String property, String found, String action) {
		return new SourceConfigurationException(
				"The property 'busbar.sources." + this.name + "." + property + "' " + found + ".", action);
	}

}
