package dev.busbar.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DockerContainerTests {

	@TempDir
	private Path folder;

	@Test
	void withoutAClientThereIsNone() {
		assertThat(new DockerContainer(this.folder.resolve("absent").toString()).available()).isFalse();
	}

	@Test
	void withoutAnEngineThereIsNone() throws Exception {
		assertThat(new DockerContainer(program("exit 1")).available()).isFalse();
	}

	@Test
	void aServerIsStartedOnTheLoopbackAddressAlone() throws Exception {
		Path told = this.folder.resolve("told");
		DockerContainer docker = new DockerContainer(program("echo \"$@\" >> " + told));
		assertThat(docker.available()).isTrue();
		int port = docker.start("postgres:17", 5432, (it) -> true, "--env", "POSTGRES_HOST_AUTH_METHOD=trust");
		assertThat(Files.readAllLines(told)).isEqualTo(List.of("info", "run --rm --detach --name busbar-tests-" + port
				+ " --publish 127.0.0.1:" + port + ":5432 --env POSTGRES_HOST_AUTH_METHOD=trust postgres:17"));
	}

	private String program(String script) throws Exception {
		Path program = Files.writeString(this.folder.resolve("docker"), "#!/bin/sh\n" + script + "\n");
		assertThat(program.toFile().setExecutable(true)).isTrue();
		return program.toString();
	}

}
