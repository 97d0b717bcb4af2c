package dev.busbar.bus.rabbit.fetch;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.rabbitmq.client.Channel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

class FetchLimitTests {

	private static final int LARGE = 99_000;

	private static final int SMALL = 0;

	private final FetchLimit limit = new FetchLimit(4_000_000);

	private final AtomicInteger setting = new AtomicInteger(-1);

	private final AtomicBoolean active = new AtomicBoolean(true);

	private final Fetcher first = this.limit.add(new Fetcher(200, 200, this.setting::set, this.active::get));

	private final Fetcher second = this.limit.add(new Fetcher(200, 200, (count) -> {
	}, () -> true));

	@Test
	void smallMessagesAreFetchedAsManyAsAreSet() {
		arrive(this.first, 200, SMALL);
		arrive(this.second, 200, SMALL);
		assertThat(this.setting).hasValue(-1);
	}

	@Test
	void manyContainersShareTheLimit() {
		assertThat(this.limit.share(4)).isEqualTo(500);
		assertThat(this.limit.share(100)).isEqualTo(20);
		assertThat(this.limit.share(1_000)).isEqualTo(10);
	}

	@Test
	void whoBeganWithFewFetchesMoreOnceItIsBusy() {
		Fetcher few = this.limit.add(new Fetcher(20, 200, this.setting::set, this.active::get));
		assertThat(few.count()).isEqualTo(20);
		few.handled(0, 499);
		assertThat(few.canGrow()).isFalse();
		few.handled(0, 1);
		assertThat(few.canGrow()).isTrue();
		few.grow();
		assertThat(this.setting).hasValue(80);
	}

	@Test
	void whoHoldsMostFetchesHalfAsManyWhenAllTogetherHoldTooMuch() {
		arrive(this.first, 30, LARGE);
		arrive(this.second, 10, LARGE);
		assertThat(this.setting).hasValue(-1);
		arrive(this.first, 1, LARGE);
		assertThat(this.setting).hasValue(15);
	}

	@Test
	void whatIsGivenBackAlreadyIsNotCountedAgainstOthers() {
		arrive(this.first, 41, LARGE);
		arrive(this.second, 20, LARGE);
		assertThat(this.second.count()).isEqualTo(200);
		assertThat(this.first.count()).isEqualTo(20);
	}

	@Test
	void whatIsInMemoryWhileAHandlerWorksCountsAlthoughItsChannelIsClosed() {
		this.first.consumes(mock(Channel.class));
		arrive(this.first, 39, LARGE);
		arrive(this.second, 22, LARGE);
		assertThat(this.second.count()).as("the first holds its bytes").isLessThan(200);
		this.limit.begin(this.second, "tag");
		assertThat(this.limit.hasRoom()).isFalse();
		this.first.rests();
		assertThat(this.limit.hasRoom()).isTrue();
	}

	@Test
	void whoCannotFetchFewerDoesNotKeepOthersFromIt() {
		this.limit.arrived(this.first, 5_000_000);
		this.limit.begin(this.first, "tag");
		this.limit.arrived(this.first, 5_000_000);
		assertThat(this.first.canReduce()).isFalse();
		arrive(this.second, 20, LARGE);
		assertThat(this.second.count()).isLessThan(200);
	}

	@Test
	void whatIsHandledIsHeldNoMore() {
		for (int i = 0; i < 100; i++) {
			arrive(this.first, 1, LARGE);
			this.first.handled(Fetcher.weight(LARGE), 1);
		}
		assertThat(this.setting).hasValue(-1);
	}

	@Test
	void whatAContainerHeldThatConsumesAnewOrNotAtAllIsBackInTheQueue() {
		arrive(this.first, 39, LARGE);
		this.limit.begin(this.first, "tag");
		arrive(this.first, 39, LARGE);
		assertThat(this.setting).hasValue(-1);
		this.first.consumes(mock(Channel.class));
		this.first.rests();
		arrive(this.second, 39, LARGE);
		assertThat(this.second.count()).isEqualTo(200);
	}

	@Test
	void whatAContainerHeldThatIsStoppedBeforeItsFirstBatchIsBackInTheQueue() {
		arrive(this.first, 39, LARGE);
		assertThat(this.limit.hasRoom()).isFalse();
		this.active.set(false);
		assertThat(this.limit.hasRoom()).isTrue();
		arrive(this.second, 39, LARGE);
		assertThat(this.second.count()).isEqualTo(200);
	}

	@Test
	void whatAHandlerHasInHandCountsAlthoughItsContainerIsStopped() {
		this.first.consumes(openChannel());
		arrive(this.first, 39, LARGE);
		this.active.set(false);
		assertThat(this.limit.hasRoom()).isFalse();
		this.first.rests();
		assertThat(this.limit.hasRoom()).isTrue();
	}

	@Test
	void oneMessageIsAlwaysFetched() {
		this.first.arrived(5_000_000);
		for (int i = 0; i < 10; i++) {
			this.limit.begin(this.first, "tag");
			this.limit.arrived(this.first, 5_000_000);
		}
		assertThat(this.setting).hasValue(1);
	}

	@Test
	void moreAreFetchedAgainAfterManyWhenThereIsRoom() {
		arrive(this.first, 41, LARGE);
		this.limit.begin(this.first, "tag");
		arrive(this.first, 11, LARGE);
		this.first.handled(0, 500);
		assertThat(this.first.canGrow()).isTrue();
		assertThat(this.limit.hasRoom()).isFalse();
		this.first.handled(2 * Fetcher.weight(LARGE), 2);
		assertThat(this.limit.hasRoom()).isTrue();
		this.first.grow();
		assertThat(this.setting).hasValue(80);
		this.limit.begin(this.first, "tag");
		assertThat(this.first.canGrow()).as("at once").isFalse();
	}

	private static Channel openChannel() {
		Channel channel = mock(Channel.class);
		when(channel.isOpen()).thenReturn(true);
		return channel;
	}

	private void arrive(Fetcher fetcher, int count, int length) {
		for (int i = 0; i < count; i++) {
			this.limit.arrived(fetcher, length);
		}
	}

}
