package dev.busbar.ingress.webhook.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.busbar.event.EventFormatException;
import dev.busbar.ingress.webhook.scheme.WebhookRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import tools.jackson.core.StreamReadConstraints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WebhookSourcesTests {

	private static final String BODY = "{\"action\":\"opened\",\"n\":12345678901234567890,\"d\":1.10,\"b\":true,\"e\":\"\","
			+ "\"o\":{\"a\":[1]},\"z\":null,\"a/b\":{\"~\":\"deep\"}}";

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "github.{header:X-Event}.{/action} | github.push.opened",
					"github.{header:X-Event}.{/none} | github.push", "{/action} | opened", "/action | opened",
					"order.placed | order.placed", "{header:x-event} | push", "{/none}.{/action} | ",
					"{header:Nope} | ", "{/n} | 12345678901234567890", "{/d} | 1.10", "{/b} | true", "{/e} | ",
					"{/o} | ", "{/z} | ", "{/o/a/0} | 1", "{/a~1b/~0} | deep", "a{/action}b | aopenedb" })
	void aTemplateFindsWhatIsThere(String template, @Nullable String found) {
		assertThat(ValueTemplate.of(template).find(request())).isEqualTo(found);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "}", "a}b", "{}", "{header:}", "{header:a b}", "{action}", "{{/a}}", "{/a",
			"{HEADER:x}" })
	void aMalformedTemplateIsRefused(String template) {
		assertThatThrownBy(() -> ValueTemplate.of(template)).isInstanceOf(IllegalArgumentException.class);
	}

	@Test
	void aHeaderThatComesTwiceIsNotChosenFrom() {
		WebhookRequest request = new WebhookRequest((name) -> List.of("a", "b"), new byte[0], "127.0.0.1",
				WebhookRequest.mapper(StreamReadConstraints.defaults()));
		assertThatThrownBy(() -> ValueTemplate.of("{header:X}").find(request)).isInstanceOf(EventFormatException.class);
	}

	@ParameterizedTest
	@CsvSource({ "order.*, order.placed, true", "order.*, order, false", "*, x, true", "a*b*c, aXbYbc, true",
			"a*b*c, aXbYb, false", "order.placed, order.placed, true", "order.placed, order.placed2, false",
			"*.placed, order.placed, true", "order.placed, orderXplaced, false" })
	void aPatternMatchesAnyCharactersWithItsStar(String pattern, String type, boolean matches) {
		assertThat(new TypePatterns(List.of(pattern)).include(type)).isEqualTo(matches);
	}

	@Test
	void aPatternOfManyStarsTakesNoTime() {
		assertThat(new TypePatterns(List.of("*a".repeat(50) + "b")).include("a".repeat(200))).isFalse();
	}

	@Test
	void aSourceHasTheDefaultsOfItsScheme() {
		WebhookSource source = source("scheme=github", "secrets[0]=s");
		assertThat(source.uri()).isEqualTo("/webhooks/shop");
		assertThat(source.unhandled()).isEqualTo(UnhandledTypes.REJECT);
		assertThat(source.types().include("anything")).isTrue();
		assertThat(source.key()).isNull();
		assertThat(source.crc()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "secrets[0]=x | shop.scheme' is missing | standard-webhooks, github",
			"scheme=github | shop.secrets' is missing | list",
			"scheme=github;secrets[0]=  | secrets[0]' is empty | alone",
			"scheme=stripe;secrets[0]=fine;secrets[1]= canary | secrets[1]' is empty | alone",
			"scheme=standard-webhooks;secrets[0]=whsec_canary! | secrets[0]' is no symmetric secret | Base64",
			"scheme=standard-webhooks;secrets[0]=whpk_TUlHZk1BMEdDU3FHU0liM0RRRUI= | no symmetric secret | Base64",
			"scheme=standard-webhooks;secrets[0]=whsec_c2hvcnQ= | no symmetric secret | 16 bytes",
			"scheme=basic;secrets[0]=canary | secrets[0]' has no user name | user:password",
			"scheme=basic;secrets[0]=:canary | has no user name | user:password",
			"scheme=open;secrets[0]=canary | secrets' are set | Leave it out",
			"scheme=hmac;secrets[0]=s | hmac.header' is missing | X-Signature",
			"scheme=hmac;secrets[0]=s;hmac.header=a b | hmac.header' is missing, or no name | X-Signature",
			"scheme=github;secrets[0]=s;hmac.header=X | hmac' is read with the scheme hmac alone | Leave it out",
			"scheme=github;secrets[0]=s;credential=/x | credential' is read with | Leave it out",
			"scheme=github;secrets[0]=s;tolerance=10s | the scheme signs no time | Leave it out",
			"scheme=stripe;secrets[0]=s;tolerance=0s | tolerance' is PT0S | 1s to 24h",
			"scheme=stripe;secrets[0]=s;tolerance=25h | tolerance' is PT25H | 1s to 24h",
			"scheme=github;secrets[0]=s;type={x | a '{' without | github.{header:X-GitHub-Event}",
			"scheme=github;secrets[0]=s;id=fixed | id' is the same for all | digest",
			"scheme=github;secrets[0]=s;id={header:authorization} | holds secrets | another header",
			"scheme=api-key;secrets[0]=s;credential=canary | is no single place | {header:Name}",
			"scheme=api-key;secrets[0]=s;format=cloudevents;id=digest | has an id of its own | Leave it out",
			"scheme=github;secrets[0]=s;source=a b | source' is no URI reference | /shop",
			"scheme=github;secrets[0]=s;types[0]=a/b | pattern that no event type | github.*",
			"scheme=github;secrets[0]=s;handshake.origins[0]=a b | no name of a sender | eventgrid.azure.net",
			"scheme=github;secrets[0]=s;handshake.rate=5 | without handshake.origins | Leave it out",
			"scheme=github;secrets[0]=s;handshake.origins[0]=*;handshake.rate=0 | handshake.rate' is 0 | from 1",
			"scheme=github;secrets[0]=s;handshake.twitter=true | handshake.twitter' is set | hmac with sha256" })
	void aWrongSettingStopsTheStartAndSaysWhatToDo(String settings, String found, String action) {
		assertThatThrownBy(() -> source(settings.split(";"))).isInstanceOfSatisfying(SourceConfigurationException.class,
				(ex) -> {
					assertThat(ex).hasMessageContaining("busbar.sources.shop.")
						.hasMessageContaining(found)
						.hasMessageNotContaining("canary");
					assertThat(ex.action()).contains(action).doesNotContain("canary");
				});
	}

	@ParameterizedTest
	@ValueSource(strings = { "a.b", "A", "-a", "a/b", "ä" })
	void aNameThatFitsIntoNoPathStopsTheStart(String name) {
		assertThatThrownBy(
				() -> new WebhookSources(new SourceProperties(Map.of(name, bind("scheme=open").sources().get("shop"))),
						Clock.systemUTC()))
			.isInstanceOf(SourceConfigurationException.class)
			.hasMessageContaining(name);
	}

	@Test
	void secretsAreInNoTextOfTheProperties() {
		SourceProperties properties = bind("scheme=github", "secrets[0]=canary", "secrets[1]=a,b");
		assertThat(properties.sources().get("shop").secrets()).containsExactly("canary", "a,b");
		assertThat(properties.toString()).contains("secrets=2").doesNotContain("canary");
		assertThat(new WebhookSources(properties, Clock.systemUTC()).find("shop").toString()).doesNotContain("canary");
	}

	@Test
	void theSourcesOfTheDocumentationStart() throws IOException {
		String documentation = Files.readString(Path.of("docs/webhooks.md"))
			.replaceAll("\\$\\{[A-Z_]+}", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
		List<MatchResult> examples = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
			.matcher(documentation)
			.results()
			.toList();
		assertThat(examples).hasSize(2);
		int sources = 0;
		for (MatchResult example : examples) {
			Resource yaml = new ByteArrayResource(example.group(1).getBytes(StandardCharsets.UTF_8));
			Binder binder = new Binder(
					ConfigurationPropertySources.from(new YamlPropertySourceLoader().load("example", yaml)));
			SourceProperties properties = binder.bind("busbar", SourceProperties.class).get();
			properties.sources()
				.keySet()
				.forEach((name) -> assertThat(new WebhookSources(properties, Clock.systemUTC()).find(name)).as(name)
					.isPresent());
			sources += properties.sources().size();
		}
		assertThat(sources).isEqualTo(12);
	}

	private static WebhookSource source(String... settings) {
		return new WebhookSources(bind(settings), Clock.systemUTC()).find("shop").orElseThrow();
	}

	private static SourceProperties bind(String... settings) {
		Map<String, String> properties = new HashMap<>();
		for (String setting : settings) {
			int equals = setting.indexOf('=');
			properties.put("busbar.sources.shop." + setting.substring(0, equals), setting.substring(equals + 1));
		}
		return new Binder(new MapConfigurationPropertySource(properties)).bind("busbar", SourceProperties.class).get();
	}

	private static WebhookRequest request() {
		return new WebhookRequest((name) -> name.equalsIgnoreCase("X-Event") ? List.of("push") : List.of(),
				BODY.getBytes(StandardCharsets.UTF_8), "127.0.0.1",
				WebhookRequest.mapper(StreamReadConstraints.defaults()));
	}

}
