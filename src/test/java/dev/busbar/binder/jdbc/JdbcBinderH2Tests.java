package dev.busbar.binder.jdbc;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;

class JdbcBinderH2Tests extends JdbcBinderContract {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	static Path folder;

	@Override
	String url() {
		return "jdbc:h2:file:" + folder.resolve("log").toAbsolutePath() + ";WRITE_DELAY=0";
	}

}
