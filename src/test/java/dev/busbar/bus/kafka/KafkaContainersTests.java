package dev.busbar.bus.kafka;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Which containers commit while they go on, and what is told of commits that fail.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaContainersTests {

	private final KafkaContainers containers = new KafkaContainers(
			(destination, group) -> destination.equals("ours") && group.equals("app.ours"),
			new SimpleAsyncTaskScheduler());

	@Test
	void containersOfOtherBindingsStayAsTheyAre() {
		assertThat(configured("ours", "app.ours").isSyncCommits()).isFalse();
		ContainerProperties another = configured("ours", "another");
		assertThat(another.isSyncCommits()).isTrue();
		assertThat(another.getCommitCallback()).isNull();
		assertThat(configured("another", "app.ours").isSyncCommits()).isTrue();
		assertThat(another.getScheduler()).isNull();
		assertThat(configured("ours", "app.ours").getScheduler()).isNotNull();
	}

	@Test
	void offsetsAreCommittedByTimeAndByPollsUnlessABindingSaysOtherwise() {
		ContainerProperties ours = configured("ours", AckMode.COUNT_TIME, 1_000);
		assertThat(ours.getAckTime()).isEqualTo(200);
		assertThat(ours.getAckCount()).isEqualTo(50);
		assertThat(ours.getNoPollThreshold()).as("15 s").isEqualTo(15);
		ContainerProperties another = configured("another", AckMode.COUNT_TIME, 1_000);
		assertThat(another.getAckCount()).isEqualTo(1);
		assertThat(another.getNoPollThreshold()).isEqualTo(3);
		for (AckMode set : List.of(AckMode.BATCH, AckMode.MANUAL, AckMode.TIME)) {
			ContainerProperties own = configured("ours", set, 5_000);
			assertThat(own.getAckMode()).isEqualTo(set);
			assertThat(own.getAckTime()).isEqualTo(5_000);
			assertThat(own.getPollTimeout()).isEqualTo(5_000);
			assertThat(own.getNoPollThreshold()).isEqualTo(3);
		}
		assertThat(configured("ours", AckMode.BATCH, 60_000).getNoPollThreshold()).isEqualTo(3);
	}

	@Test
	void containersOfOtherBrokersAreLeft() {
		assertThatCode(() -> this.containers.configure(new Object(), "ours", "app.ours")).doesNotThrowAnyException();
	}

	@Test
	void commitsThatFailAreToldOnceAndSoIsTheirEnd(CapturedOutput output) {
		OffsetCommitCallback committed = Objects.requireNonNull(configured("ours", "app.ours").getCommitCallback());
		committed.onComplete(Map.of(), null);
		committed.onComplete(Map.of(), new CommitFailedException("divided anew"));
		assertThat(output).doesNotContain("app.ours");
		committed.onComplete(Map.of(), new TimeoutException("no coordinator"));
		committed.onComplete(Map.of(), new TimeoutException("no coordinator"));
		assertThat(output.getAll().split("could not be committed", -1)).hasSize(2);
		committed.onComplete(Map.of(), null);
		committed.onComplete(Map.of(), null);
		assertThat(output.getAll().split("are committed again", -1)).hasSize(2);
	}

	private ContainerProperties configured(String destination, String group) {
		KafkaMessageListenerContainer<Object, Object> container = container(destination);
		this.containers.configure(container, destination, group);
		return container.getContainerProperties();
	}

	private ContainerProperties configured(String destination, AckMode mode, long pollTimeout) {
		KafkaMessageListenerContainer<Object, Object> container = container(destination);
		container.getContainerProperties().setAckMode(mode);
		container.getContainerProperties().setPollTimeout(pollTimeout);
		this.containers.configure(container, destination, "app.ours");
		return container.getContainerProperties();
	}

	private static KafkaMessageListenerContainer<Object, Object> container(String destination) {
		return new KafkaMessageListenerContainer<>(new DefaultKafkaConsumerFactory<>(Map.of()),
				new ContainerProperties(destination));
	}

}
