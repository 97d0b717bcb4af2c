package dev.busbar.handler.incoming;

import java.io.ByteArrayInputStream;
import java.io.ObjectInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.inbound.ForeignEvents;
import dev.busbar.bus.inbound.MessageReader;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventHeaders;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.RetryPolicy;
import dev.busbar.handler.RetryProperties;
import dev.busbar.handler.scan.EventSide;
import dev.busbar.handler.scan.FunctionBean;
import dev.busbar.handler.scan.FunctionKind;
import dev.busbar.testing.Cage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a stranger may put into a message: each is a dead letter or an event, and neither
 * costs much nor chooses a class.
 */
class HostileDeliveryTests {

	@EventType("placed")
	record Placed(@EventKey @Nullable String order, @Nullable Shape shape, @Nullable Open open) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	@JsonSubTypes(@JsonSubTypes.Type(value = Circle.class, name = "circle"))
	interface Shape {

	}

	record Circle(int radius) implements Shape {
	}

	/** A member whose class the data would choose, if it were let. */
	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "class")
	interface Open {

	}

	private final JsonMapper json = JsonMapper.builder().build();

	private final IncomingReader reader = reader("random");

	@BeforeEach
	void hush() {
		Cage.hush();
	}

	@Test
	void manyHeadersAreADeadLetter() {
		Map<String, Object> headers = new HashMap<>();
		for (int i = 0; i < 50_000; i++) {
			headers.put("h" + i, "x");
		}
		assertThat(problem(headers, "{}")).contains("50000 headers", "200");
	}

	@Test
	void largeHeadersAreADeadLetter() {
		assertThat(problem(Map.of("a", "x".repeat(200_000), "b", new byte[100_000]), "{}")).contains("262144");
	}

	@Test
	void aLongKeyIsADeadLetterThatCanBeStored() {
		Incoming incoming = read(Map.of(), "{\"order\":\"" + "k".repeat(2_000_000) + "\"}");
		assertThat(incoming.problem()).hasMessageContaining("key has 2000000 characters");
		assertThat(incoming.raw()).isNotNull().extracting((event) -> event.key()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[", "{\"a\":" })
	void deepNestingIsADeadLetter(String level) {
		assertThat(problem(Map.of(), "{\"x\":" + level.repeat(100_000))).contains("limit");
	}

	@Test
	void aLongNumberIsADeadLetter() {
		assertThat(problem(Map.of(), "{\"order\":" + "9".repeat(100_000) + "}")).contains("limit");
	}

	@Test
	void aMemberThatComesTwiceIsADeadLetter() {
		assertThat(problem(Map.of(), "{\"order\":\"a\",\"order\":\"b\"}")).contains("twice").doesNotContain("\"a\"");
	}

	@Test
	void aSubtypeHasANameAndNotAClass() {
		assertThat(read(Map.of(), "{\"shape\":{\"kind\":\"circle\",\"radius\":1}}").requiredEvent().data())
			.isEqualTo(new Placed(null, new Circle(1), null));
		for (String data : List.of("{\"open\":{\"class\":\"%s\"}}", "{\"shape\":{\"kind\":\"%s\"}}",
				"{\"shape\":[\"%s\",{}]}", "{\"open\":[\"%s\",{}]}", "{\"@class\":\"%s\",\"order\":{}}")) {
			assertThat(problem(Map.of(), data.formatted(Cage.CANARY))).isNotEmpty();
		}
		assertThat(Cage.song()).isNull();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "application/json", "application/x-java-serialized-object", "application/cloudevents+json" })
	void aSerializedObjectIsADeadLetter(String contentType) {
		Map<String, Object> headers = Map.of("contentType", contentType, "__TypeId__", Cage.CANARY,
				"spring_json_header_types", "{\"x\":\"" + Cage.CANARY + "\"}", "springDeserializerExceptionValue",
				Cage.serialized());
		assertThat(this.reader.read(new Delivery(Cage.serialized(), headers)).problem()).isNotNull();
		assertThat(Cage.song()).isNull();
	}

	@Test
	void theCanarySingsWhenItIsTouched() throws Exception {
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(Cage.serialized()))) {
			in.readObject();
		}
		assertThat(Cage.song()).isEqualTo("deserialized");
	}

	@Test
	void headersOfTheFrameworksHaveNoEffect() {
		Map<String, Object> forged = new HashMap<>();
		for (String name : List.of("content_encoding", "contentEncoding", "springBatchFormat", "scst_partition",
				"scst_version", "spring.cloud.function.definition", "spring.cloud.function.routing-expression",
				"spring.cloud.stream.sendto.destination", "spring_json_header_types", "errorChannel", "replyChannel",
				"acknowledgmentCallback", "deliveryAttempt", "sequenceDetails", "id", "timestamp", "nativeHeaders",
				"target-protocol", "function.name", "lambda-message-origin", "batched-headers")) {
			forged.put(name, "T(java.lang.Runtime).getRuntime().exec('x')");
		}
		assertThat(read(forged, "{\"order\":\"a\"}").requiredEvent().key()).isEqualTo("a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"order\":\"a\"}", "{\"id\":null}", "{\"id\":", "no JSON" })
	void aMessageWithoutTheIdThatItsStreamExpectsIsADeadLetter(String data) {
		Incoming incoming = reader("/id").read(new Delivery(data.getBytes(StandardCharsets.UTF_8), Map.of()));
		assertThat(incoming.problem()).isInstanceOf(EventFormatException.class);
		assertThat(incoming.delivery().payload()).asString(StandardCharsets.UTF_8).isEqualTo(data);
	}

	private String problem(Map<String, Object> headers, String data) {
		RuntimeException problem = read(headers, data).problem();
		assertThat(problem).isNotNull();
		return String.valueOf(problem.getMessage());
	}

	private Incoming read(Map<String, Object> headers, String data) {
		return this.reader.read(new Delivery(data.getBytes(StandardCharsets.UTF_8), headers));
	}

	private IncomingReader reader(String foreignId) {
		EventStream stream = new EventStream("placed", "placed", Set.of("placed"), 1, true);
		EventTypes types = new EventTypes(List.of(Placed.class), this.json);
		FunctionBean bean = new FunctionBean("handle", FunctionKind.CONSUMER,
				new EventSide(List.of(Placed.class), false, false), EventSide.NONE);
		Consumer<Placed> handler = (placed) -> {
		};
		return new IncomingReader("group", stream,
				new MessageReader(new EventHeaders(new CloudEvents(this.json)),
						new ForeignEvents(stream, foreignId, this.json)),
				types, Map.of("placed", new HandlerFunction(bean, () -> handler, false, new RetryPolicy(1,
						Duration.ZERO, Duration.ZERO, 0, List.of(), RetryProperties.Order.PARK, Set.of()))));
	}

}
