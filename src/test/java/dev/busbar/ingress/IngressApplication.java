package dev.busbar.ingress;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import dev.busbar.bus.BrokerUnavailableException;
import dev.busbar.bus.EventBus;
import dev.busbar.event.Event;
import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;
import dev.busbar.event.EventTypes;
import dev.busbar.handler.HandlerRegistry;
import dev.busbar.ingress.access.AccessConfiguration;
import dev.busbar.ingress.access.chain.AccessChainConfiguration;
import dev.busbar.ingress.access.chain.OtherAddressesConfiguration;
import dev.busbar.ingress.registry.RegistryConfiguration;
import dev.busbar.ingress.schedule.ScheduleConfiguration;
import dev.busbar.ingress.webhook.WebhookConfiguration;
import dev.busbar.outbox.BrokerAway;
import dev.busbar.outbox.OutboxFullException;
import dev.busbar.outbox.OutgoingEvents;
import dev.busbar.outbox.result.Outbox;
import dev.busbar.outbox.schedule.Schedule;
import dev.busbar.outbox.schedule.WaitingEvent;
import dev.busbar.problem.ProblemConfiguration;
import dev.busbar.store.DeadLetter;
import dev.busbar.store.DeadLetters;
import dev.busbar.store.inbox.Inbox;
import dev.busbar.store.inbox.InboxEntry;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.actuate.web.ServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatServletManagementContextAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The web side of the application on a real server, with everything behind it replaced by
 * lists.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
		WebMvcAutoConfiguration.class, ErrorMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
		JacksonAutoConfiguration.class, MultipartAutoConfiguration.class, HttpEncodingAutoConfiguration.class,
		PropertyPlaceholderAutoConfiguration.class, ConfigurationPropertiesAutoConfiguration.class,
		SslAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class, EndpointAutoConfiguration.class,
		WebEndpointAutoConfiguration.class, ManagementContextAutoConfiguration.class,
		ServletManagementContextAutoConfiguration.class, TomcatServletManagementContextAutoConfiguration.class,
		HealthContributorRegistryAutoConfiguration.class, HealthContributorAutoConfiguration.class,
		HealthEndpointAutoConfiguration.class, AvailabilityHealthContributorAutoConfiguration.class,
		AvailabilityProbesAutoConfiguration.class, IngressConfiguration.class, AccessConfiguration.class,
		AccessChainConfiguration.class, OtherAddressesConfiguration.class, SecurityAutoConfiguration.class,
		UserDetailsServiceAutoConfiguration.class, SecurityFilterAutoConfiguration.class,
		ServletWebSecurityAutoConfiguration.class, ManagementWebSecurityAutoConfiguration.class,
		OAuth2ResourceServerAutoConfiguration.class, OAuth2ResourceServerWebSecurityAutoConfiguration.class,
		ProblemConfiguration.class, RegistryConfiguration.class, ScheduleConfiguration.class,
		WebhookConfiguration.class })
public class IngressApplication {

	@EventType("order.placed")
	public record OrderPlaced(@EventKey String orderId, @Nullable BigDecimal amount) {

	}

	@EventType("order.accepted")
	public record OrderAccepted(String orderId) {

	}

	@EventType("some_event")
	public record SomeEvent() {

	}

	@Bean
	EventTypes eventTypes(JsonMapper json) {
		return new EventTypes(List.of(OrderPlaced.class, OrderAccepted.class, SomeEvent.class), json);
	}

	@Bean
	Bus bus() {
		return new Bus();
	}

	@Bean
	Waiting waiting(Bus bus) {
		return new Waiting(bus);
	}

	@Bean
	Stores stores() {
		return new Stores();
	}

	@Bean
	Inbox inbox(Stores stores) {
		return stores;
	}

	@Bean
	Outbox outbox(Stores stores) {
		return new Results(stores);
	}

	@Bean
	DeadLetters deadLetters(Stores stores) {
		return new Letters(stores);
	}

	@Bean
	HandlerRegistry registry(EventTypes types) {
		return new Registry(types);
	}

	/** Keeps what was published. */
	public static class Bus implements EventBus {

		public final List<Event<byte @Nullable []>> published = new CopyOnWriteArrayList<>();

		public volatile @Nullable RuntimeException failure;

		@Override
		public void publishAll(List<Event<byte @Nullable []>> events) {
			RuntimeException thrown = this.failure;
			if (thrown != null) {
				throw thrown;
			}
			this.published.addAll(events);
		}

	}

	/** The outbox: a list of events, and when they are due. */
	public static class Waiting implements OutgoingEvents, Schedule {

		public final List<WaitingEvent> events = new CopyOnWriteArrayList<>();

		public volatile boolean full;

		public volatile boolean away;

		private final Bus bus;

		Waiting(Bus bus) {
			this.bus = bus;
		}

		@Override
		public void publish(List<Event<byte @Nullable []>> events, BrokerAway away) {
			try {
				this.bus.publishAll(events);
			}
			catch (BrokerUnavailableException ex) {
				if (away == BrokerAway.REFUSE) {
					throw ex;
				}
				store(events, null);
			}
		}

		@Override
		public void store(List<Event<byte @Nullable []>> events, @Nullable Instant due) {
			if (this.full) {
				throw new OutboxFullException("The outbox holds 7 events");
			}
			if (this.away) {
				throw new BrokerUnavailableException("jdbc:postgresql://host/secret", null);
			}
			for (Event<?> event : events) {
				assertThat(event.extensions()).doesNotContainKey("busbardelay");
				this.events.add(new WaitingEvent(this.events.size() + 1, event.id(), event.source(), event.type(),
						Instant.now(), due));
			}
		}

		@Override
		public List<WaitingEvent> list(@Nullable String type, long after, int limit) {
			return this.events.stream()
				.filter((event) -> event.due() != null && event.number() > after
						&& (type == null || event.type().equals(type)))
				.limit(limit)
				.toList();
		}

		@Override
		public List<WaitingEvent> find(String id, @Nullable String source, int limit) {
			return this.events.stream()
				.filter((event) -> event.id().equals(id) && (source == null || event.source().equals(source)))
				.limit(limit)
				.toList();
		}

		@Override
		public boolean cancel(String id, String source) {
			return this.events
				.removeIf((event) -> event.due() != null && event.id().equals(id) && event.source().equals(source));
		}

	}

	/** What the stores hold. */
	public static class Stores implements Inbox {

		public final List<InboxEntry> handled = new CopyOnWriteArrayList<>();

		public final List<DeadLetter> dead = new CopyOnWriteArrayList<>();

		/** By group, source and id of their cause. */
		public final Map<List<String>, List<Outbox.OutboxEntry>> results = new ConcurrentHashMap<>();

		@Override
		public Admission admit(String group, List<? extends Event<byte @Nullable []>> events,
				List<@Nullable UUID> tokens, int attempt) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void delay(String group, long handling, List<Delayed> events) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void replayLater(String group, long handling, List<Delayed> events) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean replay(String group, Event<byte @Nullable []> event, UUID token) {
			throw new UnsupportedOperationException();
		}

		@Override
		public @Nullable UUID takeBack(String group, String source, String id) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean takeBack(String group, Event<byte @Nullable []> event, UUID token) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void finish(long handling, long[] micros) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean bury(String group, Event<byte @Nullable []> event, @Nullable UUID token, int attempts) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<InboxEntry> find(String id, @Nullable String source, int limit) {
			return this.handled.stream()
				.filter((entry) -> entry.id().equals(id) && (source == null || entry.source().equals(source)))
				.limit(limit)
				.toList();
		}

		@Override
		public List<String> sources(String id, int limit) {
			return find(id, null, Integer.MAX_VALUE).stream().map(InboxEntry::source).distinct().limit(limit).toList();
		}

	}

	private record Letters(Stores stores) implements DeadLetters {

		@Override
		public boolean add(DeadLetter letter) {
			return this.stores.dead.add(letter);
		}

		@Override
		public void replayed(UUID letter) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean failedAgain(UUID letter, DeadLetter failure) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<DeadLetter> find(String eventId) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<Summary> summaries(String eventId, @Nullable String source, int limit) {
			return summaries(
					(letter) -> eventId.equals(letter.eventId())
							&& (source == null || source.equals(Objects.requireNonNullElse(letter.source(), ""))),
					limit);
		}

		@Override
		public List<String> sources(String eventId, int limit) {
			return summaries(eventId, null, Integer.MAX_VALUE).stream()
				.map((letter) -> Objects.requireNonNullElse(letter.source(), ""))
				.distinct()
				.limit(limit)
				.toList();
		}

		@Override
		public List<Summary> refused(Collection<String> eventIds, int limit) {
			return summaries((letter) -> letter.eventId() != null && eventIds.contains(letter.eventId())
					&& letter.handler() == null && letter.origin().position() == null, limit);
		}

		private List<Summary> summaries(Predicate<DeadLetter> which, int limit) {
			return this.stores.dead.stream()
				.filter(which)
				.limit(limit)
				.map((letter) -> new Summary(letter.id(), letter.group(), letter.handler(), letter.source(),
						String.valueOf(letter.eventId()), letter.type(), letter.exception(), letter.attempts(),
						letter.firstFailure(), letter.lastFailure(), false))
				.toList();
		}

		@Override
		public long count() {
			return this.stores.dead.size();
		}

	}

	private record Results(Stores stores) implements Outbox {

		@Override
		public List<OutboxEntry> add(long handling, List<Result> results, Meanwhile meanwhile) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void addPublished(long handling, List<Result> results, List<Long> micros) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void markPublished(java.util.Collection<Long> entries) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<OutboxEntry> unpublished(String group, java.util.Collection<? extends Event<?>> causes) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<OutboxEntry> claimUnpublished(String group, java.time.Instant before, long after, int limit) {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<OutboxEntry> resultsOf(Collection<String> groups, String source, String id, int limit) {
			return groups.stream()
				.flatMap((group) -> this.stores.results.getOrDefault(List.of(group, source, id), List.of()).stream())
				.limit(limit)
				.toList();
		}

		@Override
		public List<OutboxEntry> wholeResultsOf(String group, String source, String id, int limit) {
			throw new UnsupportedOperationException();
		}

	}

	private record Registry(EventTypes types) implements HandlerRegistry {

		@Override
		public String group() {
			return "busbar";
		}

		@Override
		public List<Handler> handlers() {
			return List.of(new Handler("decideOrder", Set.of("order.placed"), Set.of("order.accepted"), false, false));
		}

		@Override
		public List<Producer> producers() {
			return List.of(new Producer("openMarket", Set.of("order.placed"), "every 1s"));
		}

		@Override
		public Optional<Handler> handlerOf(String type) {
			return handlers().stream().filter((handler) -> handler.handles().contains(type)).findFirst();
		}

	}

	/** A controller of someone else, that fails, and one that reads its body. */
	@RestController
	static class Broken {

		@GetMapping("/broken")
		String broken() {
			throw new IllegalStateException("a secret of the inside");
		}

		@PostMapping("/form")
		List<String> form(HttpServletRequest request) {
			return new ArrayList<>(request.getParameterMap().keySet());
		}

	}

}
