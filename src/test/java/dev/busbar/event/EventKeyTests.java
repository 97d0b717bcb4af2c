package dev.busbar.event;

import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@NullUnmarked
class EventKeyTests {

	private static EventTypes types(Class<?>... classes) {
		return new EventTypes(List.of(classes), JsonMapper.builder().build());
	}

	private static @Nullable String key(Object data) {
		return types(data.getClass()).keyOf(data);
	}

	@Test
	void aRecordComponentIsTheKey() {
		UUID id = UUID.randomUUID();

		assertThat(key(new ByComponent(id, "x"))).isEqualTo(id.toString());
	}

	@Test
	void aPrimitiveIsTheKey() {
		assertThat(key(new ByNumber(42))).isEqualTo("42");
	}

	@Test
	void nullAndEmptyMeanNone() {
		assertThat(key(new ByComponent(null, "x"))).isNull();
		assertThat(key(new ByMethod("", ""))).isNull();
		assertThat(key(new Plain("x"))).isNull();
	}

	@Test
	void aMethodCombinesTheKey() {
		assertThat(key(new ByMethod("a", "b"))).isEqualTo("ab");
	}

	@Test
	void anAnnotatedAccessorIsOnePart() {
		assertThat(key(new ByAccessor("a"))).isEqualTo("[a]");
	}

	@Test
	void aPrivateInheritedFieldIsTheKey() {
		Child child = new Child();

		assertThat(key(child)).isEqualTo("parent");
	}

	@Test
	void anOverriddenMethodOfASuperclassIsOnePart() {
		assertThat(key(new Overriding())).isEqualTo("child");
	}

	@Test
	void aMethodOfAnInterfaceIsTheKey() {
		assertThat(key(new OfInterface("o-1"))).isEqualTo("o-1");
		assertThat(key(new OfInterfaceToo("o-1"))).isEqualTo("o-1");
	}

	@Test
	void severalPartsAreRefusedWithTheirNames() {
		assertThatIllegalArgumentException().isThrownBy(() -> types(TwoKeys.class))
			.withMessageContaining(TwoKeys.class.getName())
			.withMessageContaining("a()")
			.withMessageContaining("b()");
		assertThatIllegalArgumentException().isThrownBy(() -> types(TwoFields.class))
			.withMessageContaining(TwoFields.class.getName());
	}

	@Test
	void partsThatCannotBeReadAreRefused() {
		for (Class<?> unfit : List.of(StaticKey.class, VoidKey.class, ParameterKey.class)) {
			assertThatIllegalArgumentException().isThrownBy(() -> types(unfit)).withMessageContaining(unfit.getName());
		}
	}

	@Test
	void whatTheMethodThrowsIsSeen() {
		assertThatIllegalStateException().isThrownBy(() -> key(new Throwing())).withMessage("no key today");
	}

	@EventType("component")
	private record ByComponent(@EventKey @Nullable UUID id, String other) {

	}

	@EventType("number")
	record ByNumber(@EventKey int number) {

	}

	@EventType("plain")
	record Plain(String value) {

	}

	@EventType("method")
	record ByMethod(String a, String b) {

		@EventKey
		@SuppressWarnings("UnusedMethod") // read by reflection
		private String both() {
			return this.a + this.b;
		}

	}

	@EventType("accessor")
	record ByAccessor(String a) {

		@Override
		@EventKey
		public String a() {
			return "[" + this.a + "]";
		}

	}

	static class Parent {

		@EventKey
		private final String id = "parent";

		public String getId() {
			return this.id;
		}

	}

	@EventType("child")
	static class Child extends Parent {

	}

	static class WithMethod {

		@EventKey
		String id() {
			return "parent";
		}

	}

	@EventType("overriding")
	static class Overriding extends WithMethod {

		public String value = "";

		@Override
		@EventKey
		String id() {
			return "child";
		}

	}

	interface OrderEvent {

		@EventKey
		String orderId();

	}

	@EventType("interface")
	record OfInterface(String orderId) implements OrderEvent {

	}

	@EventType("interface.too")
	record OfInterfaceToo(@EventKey String orderId) implements OrderEvent {

	}

	@EventType("two")
	record TwoKeys(@EventKey String a, @EventKey String b) {

	}

	@EventType("two.fields")
	static class TwoFields extends Parent {

		@EventKey
		public String id = "";

	}

	@EventType("static")
	record StaticKey(String a) {

		@EventKey
		static String key() {
			return "";
		}

	}

	@EventType("void")
	record VoidKey(String a) {

		@EventKey
		void key() {
		}

	}

	@EventType("parameter")
	record ParameterKey(String a) {

		@EventKey
		String key(String other) {
			return this.a + other;
		}

	}

	@EventType("throwing")
	static class Throwing {

		public String value = "";

		@EventKey
		String id() {
			throw new IllegalStateException("no key today");
		}

	}

}
