package dev.busbar.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The script {@code mvnw} with a Maven that only says who it is.
 */
@DisabledOnOs(OS.WINDOWS)
class MavenWrapperTests {

	private static final String NAME = "apache-maven-9.9.9";

	private final Path folder;

	private final Path project;

	MavenWrapperTests(@TempDir Path folder) {
		this.folder = folder;
		this.project = folder.resolve("the project");
	}

	@BeforeEach
	void copyScript() throws Exception {
		Files.createDirectories(this.project.resolve(".mvn/wrapper"));
		run(List.of("cp", Path.of("mvnw").toAbsolutePath().toString(), this.project.toString()));
		maven(this.folder.resolve(NAME + "/bin/mvn"), "9.9.9", "downloaded");
		run(List.of("tar", "-czf", archive().toString(), "-C", this.folder.toString(), NAME));
		settings(sha512());
	}

	@Test
	void runsTheMavenOnThePathFromAnyFolder() throws Exception {
		maven(this.folder.resolve("bin/mvn"), "3.8.7", "installed");
		assertThat(mvnw("-B", "a b")).isEqualTo("installed -f " + this.project + "/pom.xml -B a b");
		assertThat(dists()).doesNotExist();
	}

	@Test
	void downloadsTheNamedMavenOnceWhenTheOneOnThePathIsTooOld() throws Exception {
		maven(this.folder.resolve("bin/mvn"), "3.6.3", "installed");
		assertThat(mvnw("verify")).contains("no Maven 3.8 or newer on the PATH")
			.endsWith("downloaded -f " + this.project + "/pom.xml verify");
		Files.delete(archive());
		assertThat(mvnw("verify")).isEqualTo("downloaded -f " + this.project + "/pom.xml verify");
		try (Stream<Path> left = Files.list(dists())) {
			assertThat(left).extracting((file) -> file.getFileName().toString()).containsExactly(NAME);
		}
	}

	@Test
	void refusesADownloadWithAnotherChecksum() throws Exception {
		maven(this.folder.resolve("bin/mvn"), "2.2.1", "installed");
		String found = sha512();
		settings("0".repeat(128));
		assertThat(mvnw("verify")).contains("has the SHA-512 " + found + ", expected 000")
			.doesNotContain("downloaded -f");
		try (Stream<Path> left = Files.list(dists())) {
			assertThat(left).isEmpty();
		}
	}

	@Test
	void leavesTheChoiceOfAnotherProjectToTheCaller() throws Exception {
		maven(this.folder.resolve("bin/mvn"), "4.0.0", "installed");
		assertThat(mvnw("-f", "other.xml", "verify")).isEqualTo("installed -f other.xml verify");
	}

	private Path archive() {
		return this.folder.resolve(NAME + "-bin.tar.gz");
	}

	private Path dists() {
		return this.folder.resolve(".m2/wrapper/dists");
	}

	private String sha512() throws Exception {
		return run(List.of("sha512sum", archive().toString())).split(" ", 2)[0];
	}

	private void settings(String sum) throws IOException {
		Files.writeString(this.project.resolve(".mvn/wrapper/maven-wrapper.properties"),
				"# Comment\ndistributionUrl=%s\ndistributionSha512Sum=%s\n".formatted(archive().toUri(), sum));
	}

	private static void maven(Path file, String version, String name) throws IOException {
		Files.createDirectories(file.getParent());
		Files.writeString(file, """
				#!/bin/sh
				if [ "$1" = --version ]; then echo "Apache Maven %s (abc)"; else echo %s "$@"; fi
				""".formatted(version, name));
		assertThat(file.toFile().setExecutable(true)).isTrue();
	}

	private String mvnw(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of(this.project.resolve("mvnw").toString()));
		command.addAll(List.of(arguments));
		return run(command);
	}

	private String run(List<String> command) throws Exception {
		ProcessBuilder builder = new ProcessBuilder(command).directory(this.folder.toFile()).redirectErrorStream(true);
		builder.environment().put("HOME", this.folder.toString());
		builder.environment().remove("MAVEN_USER_HOME");
		builder.environment().merge("PATH", "", (path, none) -> this.folder.resolve("bin") + ":" + path);
		Process process = builder.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
		process.waitFor();
		return output;
	}

}
