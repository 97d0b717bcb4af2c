package dev.busbar.bus.binding;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.cloud.stream.binder.DefaultBinderFactory;
import org.springframework.cloud.stream.binder.DefaultBinderTypeRegistry;
import org.springframework.messaging.MessageChannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

class UnknownBinderFailureAnalyzerTests {

	private final UnknownBinderFailureAnalyzer analyzer = new UnknownBinderFailureAnalyzer();

	@Test
	void aBrokerThatIsNotThereIsToldWithThoseThatAre() {
		DefaultBinderFactory binders = new DefaultBinderFactory(Map.of(), new DefaultBinderTypeRegistry(Map.of()),
				null);
		Throwable failure = catchThrowable(() -> binders.getBinder("nosuch", MessageChannel.class));
		FailureAnalysis analysis = this.analyzer.analyze(failure);
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("no broker 'nosuch'");
		assertThat(analysis.getAction()).contains("embedded, rabbit, kafka");
	}

	@Test
	void otherFailuresAreNotItsOwn() {
		assertThat(this.analyzer.analyze(new IllegalStateException("something else"))).isNull();
	}

}
