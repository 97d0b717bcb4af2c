package dev.busbar.bench.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Records a contestant, if asked for with {@code -Dbench.profile=true}.
 */
final class Profile {

	private Profile() {
	}

	/** The options of the JVM. */
	static List<String> options(Path folder, String ground) throws IOException {
		if (!BenchSettings.profile()) {
			return List.of();
		}
		Path recordings = Files.createDirectories(Path.of("target", "bench").toAbsolutePath());
		return List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints",
				"-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
						+ recordings.resolve(folder.getFileName() + "-" + ground + ".jfr"));
	}

}
