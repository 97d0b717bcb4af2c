package dev.busbar.binder.jdbc;

import java.util.UUID;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class JdbcBinderPostgresIT extends JdbcBinderContract {

	private static final String SERVER = "jdbc:postgresql://127.0.0.1:5432/";

	private static final String DATABASE = "busbar_binder_it_" + UUID.randomUUID().toString().replace("-", "");

	@BeforeAll
	static void create() {
		server().execute("CREATE DATABASE " + DATABASE);
	}

	@AfterAll
	static void drop() {
		server().execute("DROP DATABASE " + DATABASE + " WITH (FORCE)");
	}

	private static JdbcTemplate server() {
		return new JdbcTemplate(new DriverManagerDataSource(SERVER + "test", "postgres", ""));
	}

	@Override
	String url() {
		return SERVER + DATABASE;
	}

}
