package dev.busbar.egress.endpoint;

import java.time.Duration;
import java.time.Instant;

import dev.busbar.egress.endpoint.Endpoint.Cause;
import dev.busbar.egress.endpoint.EndpointHealth.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class EndpointHealthTests {

	private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

	private final EndpointHealth health = new EndpointHealth(3, Duration.ofSeconds(5), Duration.ofMinutes(1),
			Duration.ofDays(5));

	private Endpoint endpoint = Endpoint.healthy("billing");

	@Test
	void theCircuitOpensAfterSomeFailuresInARow() {
		fail(START, false);
		fail(START, false);
		assertThat(this.endpoint.retryAt()).isNull();
		succeed(START);
		assertThat(this.endpoint).isEqualTo(Endpoint.healthy("billing"));
		for (int i = 0; i < 3; i++) {
			fail(START, false);
		}
		assertThat(this.endpoint.retryAt()).isEqualTo(START.plusSeconds(5));
		assertThat(this.endpoint.opened()).isOne();
	}

	@Test
	void failuresThatWereUnderWayDoNotPutTheProbeOff() {
		for (int i = 0; i < 30; i++) {
			fail(START.plusSeconds(1), false);
		}
		assertThat(this.endpoint.retryAt()).isEqualTo(START.plusSeconds(6));
		assertThat(this.endpoint.failures()).isEqualTo(30);
	}

	@Test
	void eachProbeThatFailsDoublesThePauseUpToTheLongest() {
		for (int i = 0; i < 3; i++) {
			fail(START, false);
		}
		for (int seconds : new int[] { 10, 20, 40, 60, 60 }) {
			fail(START, true);
			assertThat(this.endpoint.retryAt()).isEqualTo(START.plusSeconds(seconds));
		}
		succeed(START);
		assertThat(this.endpoint.retryAt()).isNull();
	}

	@Test
	void retryAfterPutsTheWholeEndpointOff() {
		this.endpoint = this.health.after(this.endpoint, new Result(false, false, false, START, START.plusSeconds(100)),
				START);
		assertThat(this.endpoint.retryAt()).isEqualTo(START.plusSeconds(100));
	}

	@Test
	void anEndpointThatIsGoneIsDisabledAtOnce() {
		this.endpoint = this.health.after(this.endpoint, new Result(false, true, false, START, null), START);
		assertThat(this.endpoint.disabled()).isEqualTo(Cause.GONE);
		Endpoint gone = this.endpoint;
		succeed(START);
		assertThat(this.endpoint).isEqualTo(gone);
	}

	@Test
	void anEndpointThatFailsForFiveDaysIsDisabledAfterThreeWarnings(CapturedOutput output) {
		fail(START, false);
		for (int hours = 1; hours < 120; hours++) {
			fail(START.plus(Duration.ofHours(hours)), true);
			assertThat(this.endpoint.disabled()).isNull();
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("% of the time"))).hasSize(3);
		assertThat(output).contains("which is 50 %", "which is 70 %", "which is 90 %");
		fail(START.plus(Duration.ofHours(120)), true);
		assertThat(this.endpoint.disabled()).isEqualTo(Cause.FAILING);
		assertThat(this.endpoint.disabledAt()).isEqualTo(START.plus(Duration.ofDays(5)));
	}

	@Test
	void oneSuccessStartsTheFiveDaysAnew() {
		fail(START, false);
		fail(START.plus(Duration.ofDays(4)), true);
		succeed(START.plus(Duration.ofDays(4)));
		fail(START.plus(Duration.ofDays(6)), false);
		assertThat(this.endpoint.disabled()).isNull();
		assertThat(this.endpoint.failingSince()).isEqualTo(START.plus(Duration.ofDays(6)));
	}

	private void fail(Instant now, boolean probe) {
		this.endpoint = this.health.after(this.endpoint, new Result(false, false, probe, now, null), now);
	}

	private void succeed(Instant now) {
		this.endpoint = this.health.after(this.endpoint, new Result(true, false, false, now, null), now);
	}

}
