package dev.busbar.bus.rabbit.fetch;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Command;
import com.rabbitmq.client.TrafficListener;
import org.aopalliance.intercept.MethodInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/**
 * Keeps the messages that all watched containers hold, fetched and not handled yet, below
 * a number of bytes. Small messages are fetched as many at a time as the container is
 * set. When large ones arrive and all together exceed the limit, the container that holds
 * most gives its messages back to their places in the queue, and from then on fetches
 * half as many at a time as it held, at least one; with room again it fetches more. What
 * is on its way when that happens comes on top.
 * <p>
 * It must be the traffic listener of the connections of these containers: a message is
 * counted when it arrives, since a slow handler would notice too late.
 */
public final class FetchLimit implements TrafficListener {

	private static final Logger logger = LoggerFactory.getLogger(FetchLimit.class);

	private static final int USUAL = 2_000;

	private static final int FEWEST = 10;

	/** So many nanoseconds pass between two lines of the log. */
	private static final long SILENCE = TimeUnit.MINUTES.toNanos(1);

	private final AtomicLong told = new AtomicLong(System.nanoTime() - SILENCE);

	private final long limit;

	private final List<Fetcher> fetchers = new CopyOnWriteArrayList<>();

	private final Map<String, Fetcher> byTag = new ConcurrentHashMap<>();

	/**
	 * Limits all containers together.
	 * @param limit in bytes
	 */
	public FetchLimit(long limit) {
		this.limit = limit;
	}

	/**
	 * Watches a container from its next start on.
	 * @param container a container of one queue, with one consumer
	 * @param tagPrefix what the tags of its consumers begin with
	 * @param first how many messages it fetches at a time at first
	 * @param prefetch how many messages it fetches at a time at most
	 * @param batchSize how many of them it hands over at a time at most
	 * @param gathering makes its batches
	 * @return the advice that the container must have, inside of one that closes the
	 * channel when it throws
	 */
	public MethodInterceptor watch(SimpleMessageListenerContainer container, String tagPrefix, int first, int prefetch,
			int batchSize, Gathering gathering) {
		IntConsumer setting = (count) -> {
			// One batch comes while another is handled; and the container raises the
			// prefetch to the size of a batch.
			container.setBatchSize((count >= prefetch) ? batchSize : Math.min(batchSize, Math.max(1, count / 2)));
			container.setPrefetchCount(count);
		};
		int start = Math.min(first, prefetch);
		setting.accept(start);
		Fetcher fetcher = add(new Fetcher(start, prefetch, setting, container::isActive));
		container.setConsumerTagStrategy((queue) -> {
			gathering.begin();
			return begin(fetcher, tagPrefix + UUID.randomUUID());
		});
		return new FetchAdvice(this, fetcher, String.join(", ", container.getQueueNames()));
	}

	/**
	 * How many messages each of some containers fetches at a time at first, so that all
	 * together stay within the limit as long as messages are of a usual size, 2 KB with
	 * what is about them.
	 * @param containers how many there will be
	 * @return at least 10
	 */
	public int share(int containers) {
		return (int) Math.max(FEWEST, this.limit / USUAL / Math.max(1, containers));
	}

	Fetcher add(Fetcher fetcher) {
		this.fetchers.add(fetcher);
		return fetcher;
	}

	String begin(Fetcher fetcher, String tag) {
		this.byTag.values().removeIf((before) -> before == fetcher);
		fetcher.begin();
		this.byTag.put(tag, fetcher);
		return tag;
	}

	/** Whether so little is held that a container may fetch more at a time. */
	boolean hasRoom() {
		return held() <= this.limit / 4;
	}

	private long held() {
		return this.fetchers.stream().mapToLong(Fetcher::held).sum();
	}

	@Override
	public void read(Command command) {
		if (command.getMethod() instanceof AMQP.Basic.Deliver delivery) {
			Fetcher fetcher = this.byTag.get(delivery.getConsumerTag());
			if (fetcher != null) {
				arrived(fetcher, command.getContentBody().length);
			}
		}
	}

	void arrived(Fetcher fetcher, int length) {
		// If none holds more than its share, all together hold no more than the limit.
		if (fetcher.arrived(length) > this.limit / this.fetchers.size() && held() > this.limit) {
			this.fetchers.stream()
				.filter(Fetcher::canReduce)
				.max(Comparator.comparingLong(Fetcher::held))
				.filter(Fetcher::reduce)
				.ifPresent(this::tell);
		}
	}

	private void tell(Fetcher reduced) {
		long now = System.nanoTime();
		long before = this.told.get();
		if (now - before >= SILENCE && this.told.compareAndSet(before, now)) {
			logger.info("Fetched messages take more than {} bytes; from now on {} are fetched at a time where most "
					+ "were held (said once a minute at most)", this.limit, reduced.count());
		}
	}

	@Override
	public void write(Command command) {
		// Only what arrives takes memory for long.
	}

}
