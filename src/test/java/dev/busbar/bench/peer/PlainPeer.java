package dev.busbar.bench.peer;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

import dev.busbar.bench.peer.PeerEvents.OrderAccepted;
import dev.busbar.bench.peer.PeerEvents.OrderPlaced;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Spring Cloud Stream as its documentation shows it: a function bean, two destinations, a
 * group, and nothing else configured. A crash may lose results and handle orders twice.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class PlainPeer {

	public static void main(String[] args) {
		run(PlainPeer.class, Map.of(), args);
	}

	static void run(Class<?> application, Map<String, Object> more, String[] args) {
		Map<String, Object> properties = new TreeMap<>(Map.of("spring.main.web-application-type", "none",
				"spring.main.banner-mode", "off", "spring.flyway.enabled", "false", "spring.cloud.function.definition",
				"decide", "spring.cloud.stream.bindings.decide-in-0.destination", "order.placed",
				"spring.cloud.stream.bindings.decide-in-0.group", "${bench.group}",
				"spring.cloud.stream.bindings.decide-out-0.destination", "order.accepted"));
		properties.putAll(more);
		SpringApplication spring = new SpringApplication(application);
		spring.setDefaultProperties(properties);
		spring.run(args);
	}

	@Bean
	Function<OrderPlaced, OrderAccepted> decide(JdbcClient db) {
		return (order) -> {
			db.sql("INSERT INTO bench_order (order_id, customer, number, amount) VALUES (?, ?, ?, ?)")
				.params(order.orderId(), order.customer(), order.number(), order.amount())
				.update();
			return order.accepted();
		};
	}

}
