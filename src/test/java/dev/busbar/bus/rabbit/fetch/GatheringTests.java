package dev.busbar.bus.rabbit.fetch;

import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.support.ConsumerTagStrategy;
import org.springframework.beans.DirectFieldAccessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class GatheringTests {

	private final SimpleMessageListenerContainer container = new SimpleMessageListenerContainer();

	private final DirectFieldAccessor fields = new DirectFieldAccessor(this.container);

	private final Gathering gathering = Gathering.of(this.container, 20);

	private final Message message = new Message(new byte[0]);

	@Test
	void waitsForTheFirstMessageOnly() throws Throwable {
		assertThat(this.fields.getPropertyValue("batchReceiveTimeout")).as("no clock").isEqualTo(0L);
		for (int batch = 0; batch < 2; batch++) {
			assertThat(this.gathering.postProcessMessage(this.message)).isSameAs(this.message);
			assertThat(timeout()).isZero();
			this.gathering.postProcessMessage(this.message);
			assertThat(timeout()).isZero();
			MethodInvocation handing = mock();
			given(handing.proceed()).willAnswer((call) -> timeout());
			assertThat(this.gathering.invoke(handing)).as("while it is handled").isEqualTo(20L);
		}
	}

	@Test
	void aConsumerThatBeginsWaitsForItsFirstMessageWhateverTheOneBeforeItHad() {
		this.gathering.postProcessMessage(this.message);
		new FetchLimit(1_000_000).watch(this.container, "busbar-", 400, 400, 200, this.gathering);
		assertThat(timeout()).isZero();
		ConsumerTagStrategy tags = (ConsumerTagStrategy) this.fields.getPropertyValue("consumerTagStrategy");
		assertThat(tags.createConsumerTag("queue")).startsWith("busbar-");
		assertThat(timeout()).as("a new one begins to consume").isEqualTo(20);
		this.gathering.postProcessMessage(this.message);
		assertThat(timeout()).isZero();
	}

	private long timeout() {
		return (long) this.fields.getPropertyValue("receiveTimeout");
	}

}
