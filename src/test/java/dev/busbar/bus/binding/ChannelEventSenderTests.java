package dev.busbar.bus.binding;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

import javax.sql.DataSource;

import dev.busbar.bus.EventRejectedException;
import dev.busbar.bus.EventStream;
import dev.busbar.bus.EventStreams;
import dev.busbar.bus.OutgoingEvent;
import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChannelEventSenderTests {

	private final EventStream stream = new EventStream("channel.tested", "tested", Set.of("channel.tested"), 1, true);

	private final StreamOutputs outputs = new StreamOutputs(new EventStreams(List.of(this.stream)),
			new DefaultListableBeanFactory());

	private int sent;

	@BeforeEach
	void bind() {
		this.outputs.createAndBindOutputs(Mockito.mock(BindingService.class));
		if (this.outputs.channel(this.stream) instanceof SubscribableChannel channel) {
			channel.subscribe((message) -> this.sent++);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anEventThatCannotBeWrittenIsRejectedAlone(boolean transactional) {
		ChannelEventSender sender = new ChannelEventSender(this.outputs,
				transactional ? TransactionOperations.withoutTransaction() : null, null);
		List<OutgoingEvent> batch = List.of(event("1", null), event("2", Instant.MAX), event("3", Instant.EPOCH));
		sender.send(batch);
		assertThat(batch.get(0).stored()).isCompleted();
		assertThatThrownBy(() -> batch.get(1).stored().join()).hasCauseInstanceOf(EventRejectedException.class)
			.hasMessageContaining("'time' is out of range");
		assertThat(batch.get(2).stored()).isCompleted();
	}

	@Test
	void takesPartInATransactionOfItsOwnDatabaseOnly() {
		DataSource database = new DriverManagerDataSource("jdbc:h2:mem:own");
		DataSource another = new DriverManagerDataSource("jdbc:h2:mem:another");
		List<OutgoingEvent> batch = List.of(event("1", null));
		ChannelEventSender sender = new ChannelEventSender(this.outputs, TransactionOperations.withoutTransaction(),
				database);
		assertThat(sender.sendInTransaction(batch)).as("no transaction").isFalse();
		assertThat(in(another, () -> sender.sendInTransaction(batch))).as("another database").isFalse();
		assertThat(this.sent).isZero();
		assertThat(in(database, () -> sender.sendInTransaction(batch))).as("its own").isTrue();
		assertThat(this.sent).isOne();
	}

	@Test
	void goesOnInATransactionPastWhatIsRejected() {
		DataSource database = new DriverManagerDataSource("jdbc:h2:mem:own");
		List<OutgoingEvent> batch = List.of(event("1", null), event("2", Instant.MAX), event("3", null));
		ChannelEventSender sender = new ChannelEventSender(this.outputs, TransactionOperations.withoutTransaction(),
				database);
		assertThat(in(database, () -> sender.sendInTransaction(batch))).isTrue();
		assertThat(this.sent).isEqualTo(2);
		assertThat(batch).extracting((event) -> event.stored().isCompletedExceptionally())
			.containsExactly(false, true, false);
	}

	private static boolean in(DataSource database, BooleanSupplier work) {
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(database));
		return Boolean.TRUE.equals(transaction.execute((status) -> work.getAsBoolean()));
	}

	private OutgoingEvent event(String id, @Nullable Instant time) {
		Event<byte @Nullable []> event = new Event<>(id, "/test", "channel.tested", null, time, null, null, null, null,
				null, Map.of(), new byte[] { '1' });
		return new OutgoingEvent(this.stream, 0, event, new CompletableFuture<>());
	}

}
