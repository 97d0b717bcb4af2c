package dev.busbar.handler.scan;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.busbar.event.Event;
import dev.busbar.event.EventType;
import dev.busbar.handler.InvalidHandlerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SignatureReaderTests {

	@EventType("a")
	record A(String x) {
	}

	@EventType("b")
	record B(String x) implements Decision {
	}

	@EventType("c")
	record C(String x) implements Decision {
	}

	sealed interface Decision permits B, C {

	}

	sealed interface Half permits HalfMember, OtherMember {

	}

	sealed interface Diamond permits Left, Right {

	}

	sealed interface Left extends Diamond permits Both {

	}

	sealed interface Right extends Diamond permits Both {

	}

	@EventType("both")
	record Both() implements Left, Right {
	}

	@EventType("half")
	record HalfMember() implements Half {
	}

	record OtherMember() implements Half {
	}

	interface Decide extends Function<A, Decision> {

	}

	static class Decider implements Decide {

		@Override
		public Decision apply(A a) {
			return new B(a.x());
		}

	}

	interface Signatures {

		Function<A, B> one();

		Function<A, Decision> sealed();

		Function<A, List<Decision>> many();

		Function<Diamond, B> diamond();

		Function<A, Optional<? extends B>> maybe();

		Function<A, Event<B>> envelopeOut();

		Function<Event<A>, B> envelopeIn();

		Function<List<A>, B> batch();

		Function<List<Event<A>>, Void> batchOfEnvelopes();

		Consumer<A> consumer();

		Supplier<List<Event<A>>> supplier();

		Decide inherited();

		Decider component();

		Function<String, Integer> plain();

		@SuppressWarnings("rawtypes")
		Function raw();

		Supplier<Message<String>> plainMessage();

		Function<A, String> undeclaredOut();

		Function<String, A> undeclaredIn();

		Function<Flux<A>, Flux<B>> reactive();

		Consumer<Message<A>> springMessage();

		Function<A, List<?>> anything();

		Function<Optional<A>, B> optionalIn();

		Function<A, Half> halfDeclared();

		Consumer<Event<?>> anyEvent();

		Consumer<Set<A>> set();

		Function<A, B[]> array();

	}

	@Test
	void readsWhatAFunctionTakesAndReturns() {
		FunctionBean function = read("one", FunctionKind.FUNCTION);
		assertThat(function.input()).isEqualTo(new EventSide(List.of(A.class), false, false));
		assertThat(function.output()).isEqualTo(new EventSide(List.of(B.class), false, false));
	}

	@Test
	void aSealedInterfaceStandsForItsMembers() {
		assertThat(read("sealed", FunctionKind.FUNCTION).output().dataClasses()).containsExactly(B.class, C.class);
		assertThat(read("many", FunctionKind.FUNCTION).output())
			.isEqualTo(new EventSide(List.of(B.class, C.class), true, false));
	}

	@Test
	void aMemberThatIsReachedByTwoWaysCountsOnce() {
		assertThat(read("diamond", FunctionKind.FUNCTION).input().dataClasses()).containsExactly(Both.class);
	}

	@Test
	void looksIntoOptionalsAndEnvelopes() {
		assertThat(read("maybe", FunctionKind.FUNCTION).output().dataClasses()).containsExactly(B.class);
		assertThat(read("envelopeOut", FunctionKind.FUNCTION).output().envelope()).isTrue();
		assertThat(read("envelopeIn", FunctionKind.FUNCTION).input())
			.isEqualTo(new EventSide(List.of(A.class), false, true));
	}

	@Test
	void aListAsInputIsABatch() {
		assertThat(read("batch", FunctionKind.FUNCTION).input())
			.isEqualTo(new EventSide(List.of(A.class), true, false));
		FunctionBean envelopes = read("batchOfEnvelopes", FunctionKind.FUNCTION);
		assertThat(envelopes.input()).isEqualTo(new EventSide(List.of(A.class), true, true));
		assertThat(envelopes.output()).isEqualTo(EventSide.NONE);
	}

	@Test
	void readsConsumersAndSuppliers() {
		assertThat(read("consumer", FunctionKind.CONSUMER).output()).isEqualTo(EventSide.NONE);
		assertThat(read("supplier", FunctionKind.SUPPLIER).output())
			.isEqualTo(new EventSide(List.of(A.class), true, true));
	}

	@Test
	void readsInterfacesAndClassesThatInheritFunction() {
		assertThat(read("inherited", FunctionKind.FUNCTION).output().dataClasses()).containsExactly(B.class, C.class);
		assertThat(read("component", FunctionKind.FUNCTION).input().dataClasses()).containsExactly(A.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "raw" })
	void leavesPlainFunctionsAlone(String signature) {
		assertThat(new SignatureReader().read("bean", FunctionKind.FUNCTION, type(signature))).isNull();
	}

	@Test
	void leavesPlainSuppliersAlone() {
		assertThat(new SignatureReader().read("bean", FunctionKind.SUPPLIER, type("plainMessage"))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "undeclaredOut", "undeclaredIn", "reactive", "anything", "optionalIn", "halfDeclared",
			"array" })
	void refusesFunctionsThatCannotBeHandled(String signature) {
		assertThatExceptionOfType(InvalidHandlerException.class)
			.isThrownBy(() -> new SignatureReader().read("theBean", FunctionKind.FUNCTION, type(signature)))
			.withMessageContaining("'theBean'")
			.satisfies((ex) -> assertThat(ex.action()).isNotBlank());
	}

	@ParameterizedTest
	@ValueSource(strings = { "springMessage", "anyEvent", "set" })
	void refusesConsumersThatCannotBeHandled(String signature) {
		assertThatExceptionOfType(InvalidHandlerException.class)
			.isThrownBy(() -> new SignatureReader().read("theBean", FunctionKind.CONSUMER, type(signature)))
			.withMessageContaining("'theBean'");
	}

	private static FunctionBean read(String signature, FunctionKind kind) {
		FunctionBean function = new SignatureReader().read("bean", kind, type(signature));
		assertThat(function).isNotNull();
		return function;
	}

	private static ResolvableType type(String signature) {
		try {
			return ResolvableType.forMethodReturnType(Signatures.class.getDeclaredMethod(signature));
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
