package dev.busbar;

import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;

/**
 * Busbar as an application of its own. Everything it consists of is auto-configuration,
 * so that the plain jar serves any Spring Boot application in the same way. The handlers
 * of those who build on this repository are found in the package {@code app}.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@AutoConfigurationPackage(basePackages = "app")
@ComponentScan("app")
public class BusbarApplication {

	/**
	 * Starts Busbar.
	 * @param args the command line, in Spring Boot's notation
	 */
	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(BusbarApplication.class);
		application
			.setDefaultProperties(Map.of("spring.profiles.default", "embedded,examples", "busbar.feed.enabled", true));
		application.run(args);
	}

}
