package dev.busbar.socket;

import java.time.Clock;
import java.util.List;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.egress.live.FeedAccess;
import dev.busbar.egress.live.LiveConfiguration;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.event.CloudEvents;
import dev.busbar.handler.batch.RemoteConfiguration;
import dev.busbar.handler.batch.RemoteHandling;
import dev.busbar.ingress.EventIntake;
import dev.busbar.ingress.IngressConfiguration;
import dev.busbar.ingress.access.EventAccess;
import dev.busbar.outbox.remote.RemoteSignal;
import dev.busbar.socket.connection.Connections;
import dev.busbar.socket.connection.Topic;
import dev.busbar.socket.follow.FollowTopic;
import dev.busbar.socket.publish.PublishTopic;
import dev.busbar.socket.remote.Dispatcher;
import dev.busbar.socket.remote.RemoteTopic;
import org.apache.tomcat.websocket.server.WsSci;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * WebSockets at {@code /ws}.
 */
@AutoConfiguration(after = { LiveConfiguration.class, IngressConfiguration.class, RemoteConfiguration.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ WsSci.class, TomcatServletWebServerFactory.class })
@ConditionalOnBean(EventIntake.class)
@ConditionalOnProperty(name = "busbar.socket.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SocketProperties.class)
public final class SocketConfiguration {

	@Bean
	PublishTopic busbarPublishTopic(EventIntake intake, EventAccess access, CloudEvents codec) {
		return new PublishTopic(intake, access, codec);
	}

	@Bean
	FollowTopic busbarFollowTopic(ObjectProvider<Feed> feed, ObjectProvider<LiveFeed> live,
			SocketProperties properties) {
		return new FollowTopic(feed.getIfAvailable(), live.getIfAvailable(), properties.maxSubscriptions());
	}

	/**
	 * Remote handlers, where events are handled.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(RemoteHandling.class)
	static class Remote {

		@Bean
		Dispatcher busbarRemoteDispatcher(RemoteHandling handling, RemoteSignal signal) {
			return new Dispatcher(handling, signal);
		}

		@Bean
		RemoteTopic busbarRemoteTopic(RemoteHandling handling, Dispatcher dispatcher, CloudEvents codec) {
			return new RemoteTopic(handling, dispatcher, codec);
		}

	}

	@Bean
	Connections busbarConnections(SocketProperties properties, List<Topic> topics) {
		return new Connections(properties.limits(), topics, Clock.systemUTC());
	}

	@Bean
	SocketEndpoint busbarSocketEndpoint(Connections connections, ObjectProvider<FeedAccess> access) {
		return new SocketEndpoint(connections, access.getIfAvailable(() -> (request) -> FeedLimits.NONE));
	}

	/** No endpoint is looked for: a handshake comes by Spring MVC. */
	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> busbarWebSockets() {
		return (factory) -> factory
			.addContextCustomizers((context) -> context.addServletContainerInitializer(new WsSci(), null));
	}

}
