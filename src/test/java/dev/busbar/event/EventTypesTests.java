package dev.busbar.event;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@NullUnmarked
class EventTypesTests {

	private static final String SECRET = "s3cr3t";

	private final JsonMapper json = JsonMapper.builder().build();

	private EventTypes types(Class<?>... classes) {
		return new EventTypes(List.of(classes), this.json);
	}

	private static Event<byte @Nullable []> event(String type, @Nullable String contentType, byte @Nullable [] data) {
		return new Event<>("1", "/test", type, null, null, null, null, null, contentType, null, Map.of(), data);
	}

	private static Event<byte @Nullable []> placed(String data) {
		return event("order.placed", null, data.getBytes(StandardCharsets.UTF_8));
	}

	private String refusal(byte @Nullable [] data) {
		return refusal(event("order.placed", null, data));
	}

	private String refusal(Event<byte @Nullable []> event) {
		EventFormatException[] refusal = new EventFormatException[1];
		EventTypes types = types(OrderPlaced.class);
		assertThatExceptionOfType(EventFormatException.class).isThrownBy(() -> types.decode(event))
			.satisfies((ex) -> refusal[0] = ex)
			.withNoCause();
		assertThat(refusal[0].getMessage()).doesNotContain(SECRET);
		return refusal[0].getMessage();
	}

	@Test
	void declarationsAreReadInOrder() {
		EventTypes types = types(OrderPlaced.class, OrderCancelled.class, OrderPlaced.class);

		EventDefinition placed = new EventDefinition("order.placed", "order.placed", OrderPlaced.class);
		EventDefinition cancelled = new EventDefinition("order.cancelled", "orders", OrderCancelled.class);
		assertThat(types.all()).containsExactly(placed, cancelled);
		assertThat(types.byName("order.cancelled")).contains(cancelled);
		assertThat(types.byClass(OrderPlaced.class)).contains(placed);
		assertThat(types.byName("order.lost")).isEmpty();
		assertThat(types.byClass(String.class)).isEmpty();
	}

	@Test
	void anObjectTravelsAsJsonAndBack() {
		EventTypes types = types(OrderPlaced.class);
		OrderPlaced order = new OrderPlaced("ö-1", new BigDecimal("12.50"), List.of(1, 2), Map.of("a", 1));

		byte[] bytes = types.encode(order);

		assertThat(new String(bytes, StandardCharsets.UTF_8)).startsWith("{").contains("\"ö-1\"", "12.50");
		assertThat(types.decode(event("order.placed", "application/json", bytes)).data()).isEqualTo(order);
	}

	@Test
	void anOutgoingEventHasTypeKeyAndJson() {
		EventTypes types = types(OrderPlaced.class);
		OrderPlaced order = new OrderPlaced("o-1", null, null, null);

		Event<byte @Nullable []> event = types.event(order, "7", "/shop", Instant.EPOCH);

		assertThat(event.type()).isEqualTo("order.placed");
		assertThat(event.key()).isEqualTo("o-1");
		assertThat(event.id()).isEqualTo("7");
		assertThat(event.source()).isEqualTo("/shop");
		assertThat(event.time()).isEqualTo(Instant.EPOCH);
		assertThat(event.dataContentType()).isEqualTo("application/json");
		assertThat(types.decode(event).data()).isEqualTo(order);
	}

	@Test
	void thePrettyPrintingOfTheApplicationStaysOffTheWire() {
		JsonMapper pretty = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

		byte[] bytes = new EventTypes(List.of(OrderCancelled.class), pretty).encode(new OrderCancelled("1"));

		assertThat(bytes).asString().isEqualTo("{\"orderId\":\"1\"}");
	}

	@Test
	void membersThatTheClassDoesNotKnowAreIgnored() {
		Object data = types(OrderPlaced.class).decode(placed("{\"orderId\":\"1\",\"colour\":{\"r\":[1]}}")).data();

		assertThat(data).isEqualTo(new OrderPlaced("1", null, null, null));
	}

	@Test
	void anAbsentMemberIsNullAndAnAbsentPrimitiveDoesNotFit() {
		EventTypes types = types(Counted.class);

		assertThat(types.decode(event("counted", null, "{\"exact\":1}".getBytes(StandardCharsets.UTF_8))).data())
			.isEqualTo(new Counted(1, null));
		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> types.decode(event("counted", null, "{\"maybe\":1}".getBytes(StandardCharsets.UTF_8))))
			.withMessageContaining("'exact'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"exact\":1.5}", "{\"exact\":1,\"maybe\":2.5}" })
	void aNumberIsNotCutToAnInteger(String data) {
		EventTypes types = types(Counted.class);

		assertThatExceptionOfType(EventFormatException.class)
			.isThrownBy(() -> types.decode(event("counted", null, data.getBytes(StandardCharsets.UTF_8))))
			.withMessageContaining("does not fit");
	}

	@Test
	void theEnvelopeStaysAsItCame() {
		Event<byte @Nullable []> event = placed("{}").withKey("k");

		assertThat(types(OrderPlaced.class).decode(event).withData(null)).isEqualTo(event.withData(null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", "Application/JSON; charset=utf-8", "application/vnd.shop+json",
			"text/json" })
	void contentTypesOfJsonAreRead(String contentType) {
		assertThat(types(OrderPlaced.class)
			.decode(event("order.placed", contentType, "{}".getBytes(StandardCharsets.UTF_8)))
			.data()).isInstanceOf(OrderPlaced.class);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "application/xml", "application/jsonx", "json", "application/octet-stream", "a/+json", "" })
	void otherContentTypesAreRefused(String contentType) {
		assertThat(refusal(event("order.placed", contentType, "{}".getBytes(StandardCharsets.UTF_8))))
			.contains("content type");
	}

	@Test
	void anUnknownTypeIsRefusedWithTheKnownOnes() {
		assertThat(refusal(event("order.lost\n", null, "{}".getBytes(StandardCharsets.UTF_8))))
			.contains("'order.lost?'")
			.contains("order.placed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "null", "1", "\"s3cr3t\"", "[]", "[{}]", "true", "\uFEFF{}" })
	void dataThatIsNoObjectIsRefused(String data) {
		assertThat(refusal(data.getBytes(StandardCharsets.UTF_8))).contains("no JSON object");
	}

	@Test
	void absentDataIsRefused() {
		assertThat(refusal((byte[]) null)).contains("absent");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "{s3cr3t}", "{\"orderId\":s3cr3t}", "{} {}", "{}s3cr3t", "{\"orderId\":\"s3cr3t}",
			"{'orderId':1}", "{\"orderId\":\"\n\"}", "{\"orderId\":\"1\",}" })
	void malformedJsonIsRefusedWithoutQuotingIt(String data) {
		assertThat(refusal(data.getBytes(StandardCharsets.UTF_8))).contains("'order.placed'");
	}

	@Test
	void malformedUtf8IsRefused() {
		for (byte[] bad : List.of(new byte[] { (byte) 0xC0, (byte) 0x80 },
				new byte[] { (byte) 0xED, (byte) 0xA0, (byte) 0x80 }, new byte[] { (byte) 0xFF })) {
			byte[] start = "{\"unknown\":\"".getBytes(StandardCharsets.UTF_8);
			byte[] data = new byte[start.length + bad.length + 2];
			System.arraycopy(start, 0, data, 0, start.length);
			System.arraycopy(bad, 0, data, start.length, bad.length);
			data[data.length - 2] = '"';
			data[data.length - 1] = '}';
			assertThat(refusal(data)).contains("UTF-8");
		}
	}

	@Test
	void otherEncodingsAreRefused() {
		assertThat(refusal("{}".getBytes(StandardCharsets.UTF_16LE))).contains("no JSON object");
		assertThat(refusal("{}".getBytes(StandardCharsets.UTF_16BE))).contains("no JSON object");
		assertThat(refusal(" {}".getBytes(StandardCharsets.UTF_16LE))).contains("'order.placed'");
	}

	@Test
	void deepNestingIsRefusedBeforeTheStackIsGone() {
		String nested = "[".repeat(100_000) + "]".repeat(100_000);

		assertThat(refusal(("{\"unknown\":" + nested + "}").getBytes(StandardCharsets.UTF_8))).contains("limit");
		assertThat(refusal(("{\"amount\":" + nested + "}").getBytes(StandardCharsets.UTF_8)))
			.contains("'order.placed'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"amount\":\"s3cr3t\"}", "{\"amount\":{\"s3cr3t\":1}}", "{\"amount\":[\"s3cr3t\"]}" })
	void aValueThatDoesNotFitIsNamedByItsPath(String data) {
		assertThat(refusal(data.getBytes(StandardCharsets.UTF_8))).contains("'amount'").contains("BigDecimal");
	}

	@Test
	void aPathShowsIndexesAndHidesTheKeysOfMaps() {
		assertThat(refusal("{\"lines\":[1,\"s3cr3t\"]}".getBytes(StandardCharsets.UTF_8))).contains("'lines[1]'");
		assertThat(refusal("{\"notes\":{\"s3cr3t\":\"x\"}}".getBytes(StandardCharsets.UTF_8))).contains("'notes[*]'");
	}

	@Test
	void aConstructorThatRefusesIsNotQuoted() {
		assertThat(refusal("{\"orderId\":\"s3cr3t\"}".getBytes(StandardCharsets.UTF_8)))
			.contains("constructor refused");
	}

	@Test
	void dataCannotNameAClassWhateverTheMapperAllows() {
		JsonMapper open = JsonMapper.builder()
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build(),
					DefaultTyping.NON_FINAL)
			.build();
		EventTypes types = new EventTypes(List.of(Anything.class), open);

		Object data = types
			.decode(event("any", null,
					"{\"value\":[\"java.util.concurrent.atomic.AtomicLong\",1]}".getBytes(StandardCharsets.UTF_8)))
			.data();

		assertThat(data).isEqualTo(new Anything(List.of("java.util.concurrent.atomic.AtomicLong", 1)));
		assertThat(types.encode(new Anything(1))).asString().isEqualTo("{\"value\":1}");
	}

	@Test
	void anObjectOfAnUndeclaredClassIsRefused() {
		EventTypes types = types(OrderPlaced.class);

		assertThatIllegalArgumentException().isThrownBy(() -> types.encode(new OrderCancelled("1")))
			.withMessageContaining(OrderCancelled.class.getName())
			.withMessageContaining("order.placed");
		assertThatIllegalArgumentException().isThrownBy(() -> types.keyOf("1"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> types.event(new OrderCancelled("1"), "1", "/", Instant.EPOCH));
	}

	@Test
	void anObjectThatIsWrittenAsAnArrayIsRefused() {
		EventTypes types = types(Wrapped.class);

		assertThatIllegalArgumentException().isThrownBy(() -> types.encode(new Wrapped("1")))
			.withMessageContaining("'wrapped'")
			.withMessageContaining("JSON object");
	}

	@Test
	void twoClassesOfOneTypeAreRefusedWithBothNames() {
		assertThatIllegalArgumentException().isThrownBy(() -> types(OrderPlaced.class, OtherOrderPlaced.class))
			.withMessageContaining("'order.placed'")
			.withMessageContaining(OrderPlaced.class.getName())
			.withMessageContaining(OtherOrderPlaced.class.getName());
	}

	@Test
	void classesThatAreNoObjectsAreRefused() {
		for (Class<?> unfit : List.of(Colour.class, Decision.class, Base.class, Text.class, Row.class, Items.class,
				Entries.class, Inner.class, Amount.class)) {
			assertThatIllegalArgumentException().as(unfit.getSimpleName())
				.isThrownBy(() -> types(unfit))
				.withMessageContaining(unfit.getName())
				.withMessageContaining("JSON object");
		}
	}

	@Test
	void aClassWithoutADeclarationIsRefused() {
		for (Class<?> undeclared : List.of(String.class, int.class, Integer.class, int[].class, Map.class,
				EventTypesTests.class, Derived.class)) {
			assertThatIllegalArgumentException().isThrownBy(() -> types(undeclared))
				.withMessageContaining(undeclared.getName())
				.withMessageContaining("@EventType");
		}
	}

	@Test
	void namesAndStreamsAreChecked() {
		for (Class<?> malformed : List.of(Empty.class, Spaced.class, Umlaut.class, TooLong.class, BadStream.class)) {
			assertThatIllegalArgumentException().as(malformed.getSimpleName())
				.isThrownBy(() -> types(malformed))
				.withMessageContaining(malformed.getName())
				.withMessageContaining("at most 200");
		}
		assertThat(types(Longest.class).all()).hasSize(1);
	}

	@EventType("order.placed")
	record OrderPlaced(@EventKey @Nullable String orderId, @Nullable BigDecimal amount, @Nullable List<Integer> lines,
			@Nullable Map<String, Integer> notes) {

		OrderPlaced {
			if (SECRET.equals(orderId)) {
				throw new IllegalArgumentException("refused " + orderId);
			}
		}

	}

	@EventType("order.placed")
	record OtherOrderPlaced(String orderId) {

	}

	@EventType(value = "order.cancelled", stream = "orders")
	record OrderCancelled(String orderId) {

	}

	@EventType("any")
	record Anything(Object value) {

	}

	@EventType("wrapped")
	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_ARRAY)
	record Wrapped(String value) {

	}

	@EventType("colour")
	enum Colour {

		RED

	}

	@EventType("decision")
	sealed interface Decision permits Derived {

	}

	@EventType("base")
	abstract static class Base {

	}

	@EventType("text")
	record Text(@JsonValue String value) {

	}

	@EventType("amount")
	record Amount(@JsonValue BigDecimal value) {

	}

	@EventType("row")
	@JsonFormat(shape = JsonFormat.Shape.ARRAY)
	record Row(String value) {

	}

	@EventType("items")
	static class Items extends ArrayList<String> {

	}

	@EventType("entries")
	static class Entries extends HashMap<String, String> {

	}

	@SuppressWarnings("ClassCanBeStatic") // which is what is refused
	@EventType("inner")
	class Inner {

		public String value = "";

	}

	record Derived(Collection<String> values) implements Decision {

	}

	@EventType("")
	record Empty(String value) {

	}

	@EventType("order placed")
	record Spaced(String value) {

	}

	@EventType("bestellung.geändert")
	record Umlaut(String value) {

	}

	@EventType(FIFTY + FIFTY + FIFTY + FIFTY + "x")
	record TooLong(String value) {

	}

	@EventType(FIFTY + FIFTY + FIFTY + FIFTY)
	record Longest(String value) {

	}

	@EventType(value = "order.moved", stream = "orders/all")
	record BadStream(String value) {

	}

	private static final String FIFTY = "01234567890123456789012345678901234567890123456789";

	@EventType("counted")
	record Counted(int exact, Integer maybe) {

	}

}
