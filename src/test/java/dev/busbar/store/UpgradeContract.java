package dev.busbar.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two versions side by side: the tables of this one serve the one before it. Migrations
 * are SQL for both databases, so their files are the versions. A new one must have the
 * highest number: a version that does not know one below its own highest does not start.
 */
abstract class UpgradeContract {

	private final TestDatabase database = database();

	private final JdbcTemplate jdbc = this.database.jdbc();

	@TempDir
	private Path folder;

	abstract TestDatabase database();

	@AfterEach
	void drop() {
		this.database.close();
	}

	@ParameterizedTest
	@EnumSource
	void theVersionBeforeWritesIntoTheTablesOfThisOne(Version before) throws IOException {
		this.database.withTables();
		write(before);
		assertThat(this.database.deadLetters().find("1")).singleElement()
			.satisfies((letter) -> assertThat(letter.attempts()).isEqualTo(3));
	}

	@ParameterizedTest
	@EnumSource
	void theVersionBeforeStartsOnTheTablesOfThisOne(Version before) throws IOException {
		this.database.withTables();
		assertThat(flyway(before).migrate().migrationsExecuted).isZero();
		write(before);
	}

	@ParameterizedTest
	@EnumSource
	void whatTheVersionBeforeLeftIsStillThere(Version before) throws IOException {
		assertThat(flyway(before).migrate().migrationsExecuted).isEqualTo(before.migrations().size());
		write(before);
		Map<String, Long> left = written();
		this.database.withTables();
		assertThat(this.jdbc.queryForObject("""
				select count(*) from "busbar_schema_history" where "type" = 'SQL'
				""", Integer.class)).as("migrations that are files of SQL").isEqualTo(Version.all().size());
		assertThat(written()).containsAllEntriesOf(left);
		assertThat(this.database.deadLetters().find("1")).hasSize(1);
	}

	/** Without it a column that a migration takes away would not be missed. */
	@ParameterizedTest
	@EnumSource
	void theStatementsOfTheVersionBeforeWriteEachColumnThatItHas(Version before) throws IOException {
		flyway(before).migrate();
		write(before);
		assertThat(written()).isNotEmpty()
			.allSatisfy((column, rows) -> assertThat(rows).as("rows of %s that %s writes", column, before.script())
				.isPositive());
	}

	@ParameterizedTest
	@EnumSource(names = "FIRST")
	void whatHasNoStateYetIsOpen(Version before) throws IOException {
		this.database.withTables();
		write(before);
		assertThat(this.jdbc.queryForObject("select state from busbar_dead_letter", String.class)).isEqualTo("OPEN");
		assertThat(this.jdbc.queryForObject("select count(*) from busbar_inbox where token is null", Long.class))
			.isEqualTo(2);
	}

	private void write(Version before) throws IOException {
		Map<String, ?> values = Map.of("bytes", new byte[] { 1, 2, 3 }, "others", new byte[] { 4, 5 }, "letterKey",
				EventKeys.join("1", EventKeys.sha256("1")), "id", UUID.randomUUID(), "another", UUID.randomUUID(),
				"now", OffsetDateTime.now());
		NamedParameterJdbcTemplate statements = new NamedParameterJdbcTemplate(this.jdbc);
		for (String statement : before.statements()) {
			statements.execute(statement, values, PreparedStatement::execute);
		}
	}

	/** How many rows have a value, for each column of Busbar's tables. */
	private Map<String, Long> written() {
		Map<String, Long> written = new TreeMap<>();
		this.jdbc.query("""
				select lower(table_name) as t, lower(column_name) as c from information_schema.columns
				where lower(table_name) like 'busbar\\_%' and lower(table_name) <> 'busbar_schema_history'
				""", (row) -> {
			String table = row.getString("t");
			String column = row.getString("c");
			written.put(table + "." + column,
					this.jdbc.queryForObject("select count(" + column + ") from " + table, Long.class));
		});
		return written;
	}

	private Flyway flyway(Version version) throws IOException {
		for (Resource migration : version.migrations()) {
			try (InputStream content = migration.getInputStream()) {
				Files.copy(content, this.folder.resolve(Objects.requireNonNull(migration.getFilename())));
			}
		}
		String blob = this.database.dataSource().getJdbcUrl().startsWith("jdbc:h2") ? "blob" : "bytea";
		return Flyway.configure()
			.dataSource(this.database.dataSource())
			.locations("filesystem:" + this.folder.toAbsolutePath())
			.table("busbar_schema_history")
			.baselineOnMigrate(true)
			.baselineVersion("0")
			.placeholders(Map.of("blob", blob))
			.outOfOrder(true)
			.load();
	}

	/** Versions whose instances may run beside those of this one. */
	enum Version {

		/** That with the first migration alone. */
		FIRST("first.sql") {

			@Override
			List<Resource> migrations() throws IOException {
				return all().subList(0, 1);
			}

		},

		/** That with all migrations but the last. */
		BEFORE("before.sql") {

			@Override
			List<Resource> migrations() throws IOException {
				return all().subList(0, all().size() - 1);
			}

		};

		private final String script;

		Version(String script) {
			this.script = script;
		}

		abstract List<Resource> migrations() throws IOException;

		String script() {
			return this.script;
		}

		List<String> statements() throws IOException {
			try (InputStream script = UpgradeContract.class.getResourceAsStream("upgrade/" + this.script)) {
				String text = new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
				return Arrays.stream(text.split(";\\s*\n")).filter((statement) -> !statement.isBlank()).toList();
			}
		}

		static List<Resource> all() throws IOException {
			Resource[] found = new PathMatchingResourcePatternResolver()
				.getResources("classpath:dev/busbar/store/migration/V*.sql");
			return Arrays.stream(found).sorted(Comparator.comparing(Version::number)).toList();
		}

		private static MigrationVersion number(Resource migration) {
			String name = Objects.requireNonNull(migration.getFilename());
			return MigrationVersion.fromVersion(name.substring(1, name.indexOf("__")));
		}

	}

}
