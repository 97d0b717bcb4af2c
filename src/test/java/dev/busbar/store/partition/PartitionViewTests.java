package dev.busbar.store.partition;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PartitionViewTests {

	@Test
	void theSharesOfAllMakeUpTheWholeAndDifferByOneAtMost() {
		for (int instances = 1; instances <= 7; instances++) {
			List<UUID> members = members(instances);
			PartitionView view = new PartitionView(Map.of("orders", members), Map.of());
			for (int partitions = 1; partitions <= 20; partitions++) {
				int count = partitions;
				List<Integer> shares = members.stream().map((it) -> view.share("orders", count, it)).toList();
				assertThat(shares.stream().mapToInt(Integer::intValue).sum()).isEqualTo(partitions);
				assertThat(shares).allMatch((it) -> Math.abs(it * members.size() - count) < members.size());
			}
		}
	}

	@Test
	void streamsWithOnePartitionDoNotAllGoToOneInstance() {
		List<UUID> members = members(2);
		List<String> streams = Stream.of("a", "b", "c", "d").toList();
		int first = streams.stream()
			.mapToInt((it) -> new PartitionView(Map.of(it, members), Map.of()).share(it, 1, members.get(0)))
			.sum();
		assertThat(first).isEqualTo(2);
	}

	@Test
	void whoDoesNotConsumeAStreamHasNoShareOfIt() {
		PartitionView view = new PartitionView(Map.of("orders", members(2)), Map.of());
		assertThat(view.share("orders", 4, UUID.randomUUID())).isZero();
		assertThat(view.share("payments", 4, UUID.randomUUID())).isZero();
	}

	private static List<UUID> members(int count) {
		return IntStream.range(0, count).mapToObj((it) -> new UUID(0, it)).toList();
	}

}
