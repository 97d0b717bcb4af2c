package dev.busbar.event;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResultIdsTests {

	@Test
	void anIdNeverChanges() {
		// Computed apart from this code, from the documented recipe.
		assertThat(ResultIds.of("/shop", "1", "order.placed", 0)).isEqualTo("6a8258a7-0f48-8fe3-a5f7-86f4731ae460");
		assertThat(ResultIds.of("/größe", "ü", "order.placed", 258)).isEqualTo("d64e5e99-1d24-8eb2-9c41-99fe89117ab9");
	}

	@Test
	void anIdIsAUuidOfVersion8() {
		UUID id = UUID.fromString(ResultIds.of("", "", "", -1));

		assertThat(id.version()).isEqualTo(8);
		assertThat(id.variant()).isEqualTo(2);
	}

	@Test
	void eachPartCountsAndNoneRunsIntoTheNext() {
		Set<String> ids = new HashSet<>();

		ids.add(ResultIds.of("a", "bc", "d", 0));
		ids.add(ResultIds.of("ab", "c", "d", 0));
		ids.add(ResultIds.of("a", "b", "cd", 0));
		ids.add(ResultIds.of("abc", "", "d", 0));
		ids.add(ResultIds.of("", "abc", "d", 0));
		ids.add(ResultIds.of("a", "bc", "d", 1));

		assertThat(ids).hasSize(6);
	}

}
