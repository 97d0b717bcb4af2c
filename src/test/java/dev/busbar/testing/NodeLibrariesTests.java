package dev.busbar.testing;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class NodeLibrariesTests {

	@Test
	void aMissingProgramIsNamedAndTheTestDoesNotPass() {
		assertThatExceptionOfType(TestAbortedException.class)
			.isThrownBy(() -> NodeLibraries.require(false, "java", "absent-program"))
			.withMessageContaining("absent-program missing")
			.withMessageNotContaining("java");
	}

	@Test
	void inCiAMissingProgramFailsTheTest() {
		assertThatIllegalStateException().isThrownBy(() -> NodeLibraries.require(true, "absent-program"))
			.withMessageContaining("absent-program missing");
	}

	@Test
	void whatIsThereIsNotAskedFor() {
		assertThatCode(() -> NodeLibraries.require(true, "java")).doesNotThrowAnyException();
	}

}
