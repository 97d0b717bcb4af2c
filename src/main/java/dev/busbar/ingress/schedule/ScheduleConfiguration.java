package dev.busbar.ingress.schedule;

import dev.busbar.ingress.RecentEvents;
import dev.busbar.outbox.schedule.Schedule;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * The schedule over HTTP.
 */
@AutoConfiguration(afterName = "dev.busbar.outbox.RelayConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Schedule.class)
public class ScheduleConfiguration {

	@Bean
	ScheduleEndpoint busbarScheduleEndpoint(Schedule schedule, RecentEvents recent) {
		return new ScheduleEndpoint(schedule, recent);
	}

}
