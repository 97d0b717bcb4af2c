package dev.busbar.egress.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HostAddressesTests {

	private final AtomicLong nanos = new AtomicLong();

	private final AtomicInteger lookups = new AtomicInteger();

	private volatile String[] answer = { "8.8.8.8" };

	private final HostAddresses addresses = new HostAddresses(new AddressRules(List.of(), List.of("inside.example")),
			(host) -> {
				this.lookups.incrementAndGet();
				return parsed(this.answer);
			}, this.nanos::get);

	@AfterEach
	void close() {
		this.addresses.close();
	}

	@Test
	void whatIsConnectedToIsWhatWasChecked() throws UnknownHostException {
		assertThat(this.addresses.find("Example.com").join()).containsExactly(parsed("8.8.8.8"));
		this.answer = new String[] { "127.0.0.1" };
		assertThat(this.addresses.resolve("example.COM")).containsExactly(parsed("8.8.8.8"));
		assertThat(this.lookups).hasValue(1);
	}

	@Test
	void aNameThatTurnsToALoopbackAddressIsRefusedAndForgotten() {
		this.addresses.find("example.com").join();
		this.answer = new String[] { "127.0.0.1" };
		this.nanos.addAndGet(Duration.ofSeconds(11).toNanos());
		assertThat(this.addresses.find("example.com")).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.withCauseInstanceOf(ForbiddenAddressException.class);
		assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> this.addresses.resolve("example.com"));
	}

	@Test
	void oneForbiddenAddressAmongOthersSpoilsThem() {
		this.answer = new String[] { "8.8.8.8", "10.0.0.1" };
		assertThat(this.addresses.find("example.com")).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.withCauseInstanceOf(ForbiddenAddressException.class);
	}

	@Test
	void aHostThatIsAllowedByNameMayHaveAnyAddress() {
		this.answer = new String[] { "10.0.0.1" };
		assertThat(this.addresses.find("inside.example").join()).containsExactly(parsed("10.0.0.1"));
	}

	@Test
	void aNameThatWasNotLookedUpAheadHasNoAddress() {
		assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> this.addresses.resolve("example.com"));
		assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> this.addresses.resolve("127.0.0.1"));
		assertThat(this.lookups).hasValue(0);
	}

	@Test
	void anAddressNeedsNoLookupAndIsChecked() throws UnknownHostException {
		assertThat(this.addresses.find("[2606:4700::1]").join()).hasSize(1);
		assertThat(this.addresses.resolve("2606:4700::1")).hasSize(1);
		assertThat(this.addresses.find("127.0.0.1")).failsWithin(Duration.ofSeconds(30));
		assertThat(this.lookups).hasValue(0);
	}

	@Test
	void aNameServerThatDoesNotAnswerHoldsUpItsOwnHostOnly() {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		try (HostAddresses slow = new HostAddresses(new AddressRules(List.of(), List.of()), (host) -> {
			if (host.startsWith("slow")) {
				this.lookups.incrementAndGet();
				asked.countDown();
				await(never);
			}
			return parsed("8.8.8.8");
		}, System::nanoTime)) {
			List<CompletableFuture<InetAddress[]>> hanging = IntStream.range(0, 50)
				.mapToObj((i) -> slow.find("slow.example"))
				.toList();
			await(asked);
			assertThat(slow.find("quick.example")).succeedsWithin(Duration.ofSeconds(30));
			assertThat(hanging).allSatisfy((one) -> assertThat(one).isNotDone());
			assertThat(this.lookups).hasValue(1);
			never.countDown();
		}
	}

	@Test
	void manyHostsWhoseNameServersDoNotAnswerHoldUpNoOther() {
		CountDownLatch never = new CountDownLatch(1);
		try (HostAddresses slow = new HostAddresses(new AddressRules(List.of(), List.of()), (host) -> {
			if (host.startsWith("slow")) {
				await(never);
			}
			return parsed(this.answer);
		}, this.nanos::get)) {
			slow.find("known.example").join();
			IntStream.range(0, 20).forEach((i) -> slow.find("slow" + i + ".example"));
			this.nanos.addAndGet(Duration.ofSeconds(11).toNanos());
			this.answer = new String[] { "9.9.9.9" };
			assertThat(slow.find("new.example")).succeedsWithin(Duration.ofSeconds(30));
			assertThat(slow.find("known.example")).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(parsed("9.9.9.9"));
		}
		finally {
			never.countDown();
		}
	}

	@Test
	void aHostThatIsKnownKeepsItsAddressesForAnHourWhileItsNameServerDoesNotAnswer() throws UnknownHostException {
		CountDownLatch never = new CountDownLatch(1);
		try (HostAddresses slow = new HostAddresses(new AddressRules(List.of(), List.of()), (host) -> {
			if (this.lookups.getAndIncrement() > 0) {
				await(never);
			}
			return parsed("8.8.8.8");
		}, this.nanos::get)) {
			slow.find("example.com").join();
			this.nanos.addAndGet(Duration.ofMinutes(59).toNanos());
			assertThat(slow.find("example.com")).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(parsed("8.8.8.8"));
			assertThat(slow.find("example.com")).succeedsWithin(Duration.ofSeconds(30));
			assertThat(slow.resolve("example.com")).containsExactly(parsed("8.8.8.8"));
			assertThat(this.lookups).hasValue(2);
			this.nanos.addAndGet(Duration.ofMinutes(2).toNanos());
			assertThatExceptionOfType(UnknownHostException.class).isThrownBy(() -> slow.resolve("example.com"));
			CompletableFuture<InetAddress[]> last = slow.find("example.com");
			assertThat(last).isNotDone();
			never.countDown();
			assertThat(last).succeedsWithin(Duration.ofSeconds(30));
		}
		finally {
			never.countDown();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static InetAddress[] parsed(String... texts) {
		return Arrays.stream(texts).map((text) -> {
			try {
				return InetAddress.getByName(text);
			}
			catch (UnknownHostException ex) {
				throw new IllegalStateException(ex);
			}
		}).toArray(InetAddress[]::new);
	}

}
