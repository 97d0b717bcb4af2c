package dev.busbar.handler;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Remote handlers that cannot be: the start says what was found, and what to do.
 */
@ExtendWith(OutputCaptureExtension.class)
class RemoteRefusalTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					packer.lease=5s | busbar.remote.packer.type is missing. | Set it to the event type that it handles.
					packer.type=order.placed | two handlers: 'decide' and the remote handler 'packer' | Keep one of them.
					decide.type=order.packed | The remote handler 'decide' has the name of a function bean. | Give one of them another name.
					one.type=order.packed;two.type=order.packed | 'order.packed' has two handlers: | Keep one of them.
					packer.type=order packed | 'order packed' | letters, digits
					packer.type=order.packed;packer.results=order/sent | 'order/sent' | letters, digits
					packer.type=order.packed;packer.lease=0s | busbar.remote.packer.lease is PT0S. | a duration from 1s to 24h
					packer.type=order.packed;packer.lease=25h | busbar.remote.packer.lease is PT25H. | a duration from 1s to 24h
					packer.type=order.packed;packer.lease=soon | busbar.remote.packer.lease | Action:
					[a b].type=order.packed | 'busbar.remote' has a handler with the name 'a b'. | letters, digits, '-' and '_'
					""")
	void aRemoteHandlerThatCannotBeStopsTheStart(String settings, String found, String action, CapturedOutput output) {
		String[] arguments = settings.split(";");
		for (int i = 0; i < arguments.length; i++) {
			arguments[i] = "--busbar.remote." + arguments[i];
		}
		assertThatThrownBy(
				() -> new SpringApplicationBuilder(HandlerApplicationTests.Shop.class).web(WebApplicationType.NONE)
					.properties("spring.cloud.stream.default-binder=integration",
							"spring.datasource.url=jdbc:h2:mem:remote;DB_CLOSE_DELAY=-1")
					.build()
					.run(arguments)
					.close())
			.isNotNull();
		assertThat(output.getOut()).contains("APPLICATION FAILED TO START")
			.contains(found)
			.contains(action)
			.doesNotContain("\tat ");
	}

}
