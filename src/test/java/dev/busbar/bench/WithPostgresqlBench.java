package dev.busbar.bench;

import java.util.List;

import dev.busbar.bench.ground.EmbeddedGround;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What is measured last if all scenarios run: those on the embedded broker on PostgreSQL
 * that H2, too, can tell of. Whatever the time of all is too short for is one of these.
 * It has no tag, so that no name of a benchmark selects it.
 */
class WithPostgresqlBench {

	@TestFactory
	List<DynamicTest> onEmbeddedPostgresql() {
		return List
			.of(new IngestBench(), new LatencyBench(), new PayloadsBench(), new KeysBench(), new TypesBench(),
					new StartBench())
			.stream()
			.map((each) -> DynamicTest.dynamicTest(each.getClass().getSimpleName(),
					() -> each.run(EmbeddedGround.postgresql())))
			.toList();
	}

}
