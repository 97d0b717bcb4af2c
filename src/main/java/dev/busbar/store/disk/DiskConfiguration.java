package dev.busbar.store.disk;

import java.util.Locale;
import java.util.Properties;

import com.zaxxer.hikari.HikariDataSource;
import org.h2.store.fs.FilePath;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Puts H2's file onto a patient disk, wherever the URL of a pool names one, and lets each
 * connection keep the statements it has prepared.
 */
@AutoConfiguration
@ConditionalOnClass({ HikariDataSource.class, FilePath.class })
class DiskConfiguration {

	private static final String H2 = "jdbc:h2:";

	private static final String FILE = H2 + "file:";

	/**
	 * Its setting of how many prepared statements a connection keeps: 8 of themselves.
	 */
	private static final String KEPT = "QUERY_CACHE_SIZE";

	@Bean
	static BeanPostProcessor busbarPatientDisk() {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessBeforeInitialization(Object bean, String name) {
				if (bean instanceof HikariDataSource pool && !pool.isRunning() && pool.getJdbcUrl() != null) {
					String url = patient(pool.getJdbcUrl());
					pool.setJdbcUrl(saysItself(pool.getDataSourceProperties()) ? url : keeping(url));
				}
				return bean;
			}

		};
	}

	/**
	 * Whether properties of a pool say how many. H2 refuses a setting to which they and
	 * the URL give different values.
	 */
	private static boolean saysItself(Properties properties) {
		return properties.keySet().stream().anyMatch((name) -> KEPT.equalsIgnoreCase(String.valueOf(name)));
	}

	/**
	 * With room for more statements than a transaction of Busbar has, some twenty, unless
	 * the URL says itself how many; else each of them is parsed again each time.
	 */
	static String keeping(String url) {
		return (url.startsWith(H2) && !url.toUpperCase(Locale.ROOT).contains(";" + KEPT + "="))
				? url + ";" + KEPT + "=100" : url;
	}

	/** The same file, if it is one of the file system. */
	static String patient(String url) {
		if (!url.startsWith(FILE)) {
			return url;
		}
		FilePath.register(new PatientFilePath());
		String file = url.substring(FILE.length());
		// Another prefix than a Windows drive is a file system of H2.
		if (file.indexOf(':') > 1 && file.substring(0, file.indexOf(':')).matches("[a-zA-Z]+")) {
			return url;
		}
		return FILE + PatientFilePath.SCHEME + ":" + file;
	}

}
