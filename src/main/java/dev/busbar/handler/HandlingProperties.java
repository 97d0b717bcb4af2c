package dev.busbar.handler;

import java.time.Duration;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How events are handled.
 *
 * @param attempts how often an event is given to its handler before it becomes a dead
 * letter, from 1
 * @param backoff the pause before the second attempt; it doubles with each further one
 * @param maxBackoff the longest pause between two attempts, and between two tries to
 * reach a database or a broker that is away
 * @param batchSize how many events share one transaction at most, from 1 to 1,000
 * @param batchTime how long a transaction should take at most: batches are made so small
 * that the handlers' observed time fits
 * @param sweepAfter how old a result must be that is stored but not known to be published
 * before it is published again
 */
@ConfigurationProperties("busbar.handling")
public record HandlingProperties(@DefaultValue("3") int attempts, @DefaultValue("200ms") Duration backoff,
		@DefaultValue("5s") Duration maxBackoff, @DefaultValue("200") int batchSize,
		@DefaultValue("500ms") Duration batchTime, @DefaultValue("30s") Duration sweepAfter) {

	public HandlingProperties {
		check(attempts >= 1 && attempts <= 100, "busbar.handling.attempts", attempts, "a number from 1 to 100");
		check(batchSize >= 1 && batchSize <= 1000, "busbar.handling.batch-size", batchSize, "a number from 1 to 1000");
		check(!backoff.isNegative(), "busbar.handling.backoff", backoff, "a duration such as 200ms");
		check(maxBackoff.compareTo(backoff) >= 0, "busbar.handling.max-backoff", maxBackoff,
				"a duration not below busbar.handling.backoff");
		check(!batchTime.isNegative() && !batchTime.isZero(), "busbar.handling.batch-time", batchTime,
				"a duration such as 500ms");
		check(sweepAfter.toSeconds() >= 1, "busbar.handling.sweep-after", sweepAfter, "a duration from 1s");
	}

	/** The pause after the given number of failed attempts, from 1. */
	public Duration backoffAfter(int failures) {
		Duration pause = this.backoff.multipliedBy(1L << Math.min(Math.max(failures - 1, 0), 16));
		return (pause.compareTo(this.maxBackoff) > 0) ? this.maxBackoff : pause;
	}

	private static void check(boolean valid, String property, Object value, String allowed) {
		if (!valid) {
			throw new InvalidHandlerException("%s is %s.".formatted(property, value), "Set it to " + allowed + ".");
		}
	}

	/**
	 * Settings of single handlers, by bean name.
	 *
	 * @param handlers the settings
	 */
	@ConfigurationProperties("busbar")
	public record Handlers(@DefaultValue Map<String, OneHandler> handlers) {

		/** Whether each event of a handler has a transaction of its own. */
		public boolean ownTransaction(String bean) {
			OneHandler handler = this.handlers.get(bean);
			return handler != null && handler.transaction() == Transaction.EVENT;
		}

		/**
		 * How the events of a handler are tried again.
		 * @param bean the name of the handler's bean
		 * @param defaults the settings of all handlers
		 * @return the policy
		 * @throws InvalidHandlerException if a setting is out of its range
		 */
		public RetryPolicy retry(String bean, HandlingProperties defaults) {
			OneHandler handler = this.handlers.get(bean);
			return RetryPolicy.of(bean, (handler != null) ? handler.retry() : RetryProperties.DEFAULT, defaults);
		}

	}

	/**
	 * Settings of one handler.
	 *
	 * @param transaction what shares one transaction
	 * @param retry how its events are tried again
	 */
	public record OneHandler(@DefaultValue("batch") Transaction transaction, @DefaultValue RetryProperties retry) {

	}

	/**
	 * What shares one transaction.
	 */
	public enum Transaction {

		/**
		 * Several events: fast, and if one of them fails, the handlers of the others may
		 * run again before they commit.
		 */
		BATCH,

		/** One event. */
		EVENT

	}

}
