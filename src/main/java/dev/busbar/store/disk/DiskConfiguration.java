package dev.busbar.store.disk;

import com.zaxxer.hikari.HikariDataSource;
import org.h2.store.fs.FilePath;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Puts H2's file onto a patient disk, wherever the URL of a pool names one.
 */
@AutoConfiguration
@ConditionalOnClass({ HikariDataSource.class, FilePath.class })
class DiskConfiguration {

	private static final String FILE = "jdbc:h2:file:";

	@Bean
	static BeanPostProcessor busbarPatientDisk() {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessBeforeInitialization(Object bean, String name) {
				if (bean instanceof HikariDataSource pool && !pool.isRunning()) {
					pool.setJdbcUrl(patient(pool.getJdbcUrl()));
				}
				return bean;
			}

		};
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
