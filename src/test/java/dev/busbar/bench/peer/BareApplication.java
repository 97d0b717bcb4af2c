package dev.busbar.bench.peer;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * A web application of Spring Boot with the starters that Busbar has, and nothing of its
 * own.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BareApplication {

	public static void main(String[] args) {
		SpringApplication spring = new SpringApplication(BareApplication.class);
		spring.setDefaultProperties(Map.of("spring.main.banner-mode", "off", "spring.datasource.url",
				"jdbc:h2:file:./data/bare;WRITE_DELAY=0", "management.endpoint.health.probes.enabled", "true",
				"management.health.rabbit.enabled", "false", "management.health.binders.enabled", "false"));
		spring.run(args);
	}

}
