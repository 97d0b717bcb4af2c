package dev.busbar.bus;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PartitionsTests {

	@Test
	void aKeyGoesWhereKafkasOwnClientSendsIt() {
		Random random = new Random(1);
		for (int length = 0; length < 300; length++) {
			byte[] bytes = new byte[length];
			random.nextBytes(bytes);
			assertThat(Partitions.hash(bytes)).isEqualTo(Utils.murmur2(bytes));
			String key = new String(bytes, StandardCharsets.ISO_8859_1);
			assertThat(Partitions.of(key, 7))
				.isEqualTo(Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % 7);
		}
	}

	@Test
	void anEventWithoutAKeyGoesByItsId() {
		assertThat(Partitions.of(TestEvents.event("t", "some id", null), 64)).isEqualTo(Partitions.of("some id", 64));
		assertThat(Partitions.of(TestEvents.event("t", "some id", "key"), 64)).isEqualTo(Partitions.of("key", 64));
	}

	@Test
	void oneThousandKeysReachEveryPartition() {
		assertThat(java.util.stream.IntStream.range(0, 1000).map((i) -> Partitions.of("key-" + i, 16)).distinct())
			.hasSize(16);
	}

}
