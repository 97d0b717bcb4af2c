package dev.busbar.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.h2.store.fs.FileBaseDefault;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What H2 writes waits while the disk is full.
 */
class PatientDiskTests {

	@Test
	void aWriteWaitsForSpaceAndLosesNothing() {
		SmallFile file = new SmallFile();
		file.failure = "No space left on device";
		CompletableFuture<Integer> written = write(file);
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(FullDisk::isWaitedFor);
		assertThat(written).isNotDone();
		file.failure = null;
		assertThat(written.join()).isEqualTo(3);
		assertThat(FullDisk.isWaitedFor()).isFalse();
	}

	@Test
	void anotherFailureIsToldAtOnce() {
		SmallFile file = new SmallFile();
		file.failure = "Input/output error";
		assertThatExceptionOfType(CompletionException.class).isThrownBy(write(file)::join)
			.withRootCauseInstanceOf(IOException.class);
	}

	@Test
	void aFileThatIsClosedWaitsNoLonger() throws IOException {
		SmallFile file = new SmallFile();
		file.failure = "No space left on device";
		CompletableFuture<Integer> written = write(file);
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(FullDisk::isWaitedFor);
		file.close();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(written::join)
			.withRootCauseInstanceOf(ClosedChannelException.class);
	}

	@Test
	void theFileOfAPoolStaysWhereItIs(@TempDir Path folder) throws SQLException {
		String url = "jdbc:h2:file:" + folder.resolve("busbar");
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(url);
			pool.setUsername("sa");
			DiskConfiguration.busbarPatientDisk().postProcessBeforeInitialization(pool, "dataSource");
			assertThat(pool.getJdbcUrl()).startsWith("jdbc:h2:file:patient:");
			try (Connection connection = pool.getConnection()) {
				assertThat(connection.isValid(1)).isTrue();
				assertThat(keptStatements(connection)).isEqualTo("100");
			}
		}
		assertThat(Files.exists(folder.resolve("busbar.mv.db"))).isTrue();
	}

	@Test
	void howManyStatementsAConnectionKeepsIsTheUsersChoice() throws SQLException {
		for (String url : new String[] { "jdbc:postgresql://127.0.0.1/busbar",
				"jdbc:h2:mem:kept;Query_Cache_Size=3" }) {
			assertThat(DiskConfiguration.keeping(url)).isEqualTo(url);
		}
		try (Connection connection = DriverManager
			.getConnection(DiskConfiguration.keeping("jdbc:h2:mem:kept;DB_CLOSE_ON_EXIT=FALSE"))) {
			assertThat(keptStatements(connection)).isEqualTo("100");
		}
	}

	@Test
	void howManyStatementsAConnectionKeepsMayBeAProperty() throws SQLException {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl("jdbc:h2:mem:property");
			pool.setUsername("sa");
			pool.addDataSourceProperty("query_cache_size", "5");
			DiskConfiguration.busbarPatientDisk().postProcessBeforeInitialization(pool, "dataSource");
			try (Connection connection = pool.getConnection()) {
				assertThat(keptStatements(connection)).isEqualTo("5");
			}
		}
	}

	private static String keptStatements(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("select setting_value from information_schema.settings"
						+ " where setting_name = 'QUERY_CACHE_SIZE'")) {
			assertThat(row.next()).isTrue();
			return row.getString(1);
		}
	}

	@Test
	void aPoolWithoutAUrlIsLeftAlone() {
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setDataSourceClassName("org.h2.jdbcx.JdbcDataSource");
			assertThat(DiskConfiguration.busbarPatientDisk().postProcessBeforeInitialization(pool, "dataSource"))
				.isSameAs(pool);
			assertThat(pool.getJdbcUrl()).isNull();
		}
	}

	@Test
	void otherUrlsStayAsTheyAre() {
		for (String url : new String[] { "jdbc:postgresql://127.0.0.1/busbar", "jdbc:h2:mem:busbar",
				"jdbc:h2:file:split:./busbar", "jdbc:h2:tcp://127.0.0.1/busbar" }) {
			assertThat(DiskConfiguration.patient(url)).isEqualTo(url);
		}
		assertThat(DiskConfiguration.patient("jdbc:h2:file:./data/busbar;WRITE_DELAY=0"))
			.isEqualTo("jdbc:h2:file:patient:./data/busbar;WRITE_DELAY=0");
		assertThat(DiskConfiguration.patient("jdbc:h2:file:C:/data/busbar"))
			.isEqualTo("jdbc:h2:file:patient:C:/data/busbar");
	}

	private static CompletableFuture<Integer> write(SmallFile file) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return new PatientChannel(file, "small").write(ByteBuffer.wrap(new byte[3]), 0);
			}
			catch (IOException ex) {
				throw new CompletionException(ex);
			}
		});
	}

	/** A file that takes nothing as long as it has a failure. */
	private static final class SmallFile extends FileBaseDefault {

		private volatile @Nullable String failure;

		@Override
		public int write(ByteBuffer source, long position) throws IOException {
			if (this.failure != null) {
				throw new IOException(this.failure);
			}
			int length = source.remaining();
			source.position(source.limit());
			return length;
		}

		@Override
		public int read(ByteBuffer target, long position) {
			return -1;
		}

		@Override
		public long size() {
			return 0;
		}

		@Override
		protected void implTruncate(long size) {
		}

	}

}
