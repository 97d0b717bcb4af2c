package dev.busbar.bus.inbound;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

import dev.busbar.bus.Delivery;
import dev.busbar.bus.EventStream;
import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.EventFormatException;
import dev.busbar.event.EventHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ForeignEventsTests {

	private static final String NO_ID = "no id at /order/id, where busbar.streams[order.placed].foreign-id expects it";

	private final JsonMapper json = JsonMapper.builder().build();

	@Test
	void theEventIsOfTheOnlyTypeOfItsStreamAndHasThePayloadAsItCame() {
		byte[] payload = bytes("{ \"a\": 1 }");
		Event<byte @Nullable []> event = read("digest", payload);
		assertThat(event.type()).isEqualTo("order.placed");
		assertThat(event.source()).isEqualTo("/order.placed");
		assertThat(event.dataContentType()).isEqualTo("application/json");
		assertThat(event.data()).isEqualTo(payload);
	}

	@Test
	void aRandomIdIsAnotherEachTime() {
		assertThat(id("random", "{\"id\":1}")).isNotEqualTo(id("random", "{\"id\":1}"));
	}

	@Test
	void aDigestIsTheSameForTheSameBytesAndNoOthers() {
		assertThat(id("digest", "{\"id\":1}")).isEqualTo(id("digest", "{\"id\":1}"))
			.isNotEqualTo(id("digest", "{\"id\":2}"))
			.isNotEqualTo(id("digest", "{\"id\": 1}"));
		assertThat(id("digest", "abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			/id        | {"id":"a-1"}                | a-1
			/id        | {"id":4711}                 | 4711
			/id        | {"id":9007199254740993}     | 9007199254740993
			/order/id  | {"id":1,"order":{"id":"x"}} | x
			/lines/1   | {"lines":["a","b"]}         | b
			/a~1b      | {"a/b":"slash"}             | slash
			""")
	void aPointerFindsTheIdInThePayload(String pointer, String payload, String id) {
		assertThat(id(pointer, payload)).isEqualTo(id).isEqualTo(id(pointer, payload));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"order\":{}}", "{\"order\":{\"id\":null}}", "{\"order\":{\"id\":\"\"}}",
			"{\"order\":{\"id\":{}}}", "{\"order\":{\"id\":[1]}}", "{\"order\":7}", "[]", "7", "null", "", " " })
	void aPayloadWithoutAnIdWhereThePointerExpectsItIsNoEvent(String payload) {
		refused("/order/id", bytes(payload), NO_ID);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "order 7", "<order id='7'/>", "{\"order\":{\"id\":1}" })
	void aPayloadThatIsNoJsonIsNoEventWhereAPointerLooksForItsId(String payload) {
		refused("/order/id", bytes(payload), "no JSON");
	}

	@Test
	void bytesThatAreNoTextAreNoEventWhereAPointerLooksForTheirId() {
		refused("/order/id", new byte[] { '{', (byte) 0xff }, "no JSON");
	}

	@ParameterizedTest
	@ValueSource(strings = { "random", "digest", "/order/id" })
	void aMessageWithoutAPayloadIsNoEvent(String rule) {
		refused(rule, null, "neither CloudEvents attributes nor a payload");
	}

	@Test
	void aMessageWithAttributesKeepsItsId() {
		Delivery delivery = new Delivery(bytes("{\"order\":{\"id\":\"in the payload\"}}"),
				Map.of("cloudEvents_specversion", "1.0", "cloudEvents_id", "own", "cloudEvents_source", "/s",
						"cloudEvents_type", "order.placed"));
		assertThat(reader("/order/id", Set.of("order.placed")).read(delivery).id()).isEqualTo("own");
	}

	@Test
	void onAStreamOfSeveralTypesNobodyKnowsWhichItIs() {
		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> reader("digest", Set.of("order.placed", "order.cancelled"))
				.read(new Delivery(bytes("{}"), Map.of())))
			.withMessageContainingAll("'order.placed'", "order.cancelled", "Send the attribute 'type'.");
	}

	private void refused(String rule, byte @Nullable [] payload, String found) {
		assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> read(rule, payload))
			.withMessageContaining(found)
			.withNoCause();
	}

	private String id(String rule, String payload) {
		return read(rule, bytes(payload)).id();
	}

	private Event<byte @Nullable []> read(String rule, byte @Nullable [] payload) {
		return reader(rule, Set.of("order.placed")).read(new Delivery(payload, Map.of()));
	}

	private MessageReader reader(String rule, Set<String> types) {
		EventStream stream = new EventStream("order.placed", "orderPlaced", types, 1, true);
		return new MessageReader(new EventHeaders(new CloudEvents(this.json)),
				new ForeignEvents(stream, rule, this.json));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
