package dev.busbar.bus.kafka;

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
			(destination, group) -> destination.equals("ours") && group.equals("app.ours"));

	@Test
	void containersOfOtherBindingsStayAsTheyAre() {
		assertThat(configured("ours", "app.ours").isSyncCommits()).isFalse();
		ContainerProperties another = configured("ours", "another");
		assertThat(another.isSyncCommits()).isTrue();
		assertThat(another.getCommitCallback()).isNull();
		assertThat(configured("another", "app.ours").isSyncCommits()).isTrue();
	}

	@Test
	void offsetsAreCommittedByTimeUnlessABindingSaysOtherwise() {
		ContainerProperties ours = configured("ours", "app.ours");
		assertThat(ours.getAckMode()).isEqualTo(AckMode.TIME);
		assertThat(ours.getAckTime()).isEqualTo(200);
		assertThat(ours.getPollTimeout()).isEqualTo(1_000);
		assertThat(configured("another", "app.ours").getAckMode()).isEqualTo(AckMode.BATCH);
		KafkaMessageListenerContainer<Object, Object> set = container("ours");
		set.getContainerProperties().setPollTimeout(300);
		this.containers.configure(set, "ours", "app.ours");
		assertThat(set.getContainerProperties().getPollTimeout()).isEqualTo(300);
		set.getContainerProperties().setAckMode(AckMode.MANUAL);
		this.containers.configure(set, "ours", "app.ours");
		assertThat(set.getContainerProperties().getAckMode()).isEqualTo(AckMode.MANUAL);
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

	private static KafkaMessageListenerContainer<Object, Object> container(String destination) {
		return new KafkaMessageListenerContainer<>(new DefaultKafkaConsumerFactory<>(Map.of()),
				new ContainerProperties(destination));
	}

	private ContainerProperties configured(String destination, String group) {
		KafkaMessageListenerContainer<Object, Object> container = container(destination);
		this.containers.configure(container, destination, group);
		return container.getContainerProperties();
	}

}
