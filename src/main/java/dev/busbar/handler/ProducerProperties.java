package dev.busbar.handler;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.scheduling.support.CronExpression;

/**
 * When producers are asked for events.
 *
 * @param producers settings of single suppliers, by bean name
 */
@ConfigurationProperties("busbar")
public record ProducerProperties(@DefaultValue Map<String, OneProducer> producers) {

	public ProducerProperties {
		producers.forEach((bean, producer) -> check("busbar.producers." + bean, producer.every(), producer.cron()));
	}

	private static void check(String producer, @Nullable Duration every, @Nullable String cron) {
		if (every != null && cron != null) {
			throw new InvalidHandlerException(
					"%s has both 'every' (%s) and 'cron' (%s).".formatted(producer, every, cron), "Set one of them.");
		}
		if (every != null && (every.isNegative() || every.isZero())) {
			throw new InvalidHandlerException("%s.every is %s.".formatted(producer, every),
					"Set it to a duration such as 10s.");
		}
		if (cron != null && !CronExpression.isValidExpression(cron)) {
			throw new InvalidHandlerException("%s.cron is '%s'.".formatted(producer, cron),
					"Set it to a cron expression of six fields, such as '0 0 6 * * MON-FRI'.");
		}
	}

	/** The settings of a producer, the defaults if it has none of its own. */
	public OneProducer producer(String bean) {
		return this.producers.getOrDefault(bean, new OneProducer(null, null));
	}

	/**
	 * When one producer is asked.
	 *
	 * @param every the pause between two times, 1s unless a cron expression is given
	 * @param cron a cron expression of six fields, in the time zone of the system
	 */
	public record OneProducer(@Nullable Duration every, @Nullable String cron) {

		/** The pause between two times, if there is no cron expression. */
		public Duration pause() {
			return (this.every != null) ? this.every : Duration.ofSeconds(1);
		}

		String describe() {
			return (this.cron != null) ? "cron " + this.cron : "every " + pause();
		}

	}

}
