package dev.busbar.problem;

import org.apache.catalina.valves.ErrorReportValve;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Answers errors with problem details.
 */
@AutoConfiguration(before = ErrorMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class ProblemConfiguration {

	@Bean
	@ConditionalOnMissingBean(ErrorController.class)
	ErrorController problemErrorController() {
		return new ProblemErrorController();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ErrorReportValve.class, TomcatServletWebServerFactory.class })
	static class TomcatConfiguration {

		// After Spring Boot's own, so that this valve is the inner one and reports first.
		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemReportValve() {
			return (factory) -> factory.addContextCustomizers(
					(context) -> context.getParent().getPipeline().addValve(new ProblemReportValve()));
		}

		// So that a client that asks first does not send a body that is refused by its
		// headers.
		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> continueOnRead() {
			return (factory) -> factory
				.addConnectorCustomizers((connector) -> connector.setProperty("continueResponseTiming", "onRead"));
		}

	}

}
