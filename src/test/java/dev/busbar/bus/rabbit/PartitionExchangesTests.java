package dev.busbar.bus.rabbit;

import com.rabbitmq.client.Channel;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyString;

class PartitionExchangesTests {

	@Test
	void eachStreamIsDeclaredOnceHoweverManyFollow() throws Exception {
		Channel channel = Mockito.mock(Channel.class);
		Connection connection = Mockito.mock(Connection.class);
		ConnectionFactory connections = Mockito.mock(ConnectionFactory.class);
		Mockito.when(connections.createConnection()).thenReturn(connection);
		Mockito.when(connection.createChannel(anyBoolean())).thenReturn(channel);
		Mockito.when(channel.isOpen()).thenReturn(true);
		PartitionExchanges exchanges = new PartitionExchanges(connections);
		for (int i = 0; i < 10; i++) {
			exchanges.declare("stream" + i, "stream" + i, "stream" + i + ".group", 4);
		}
		Mockito.verify(channel, Mockito.times(20))
			.exchangeDeclare(anyString(), anyString(), anyBoolean(), anyBoolean(), anyBoolean(), any());
		Mockito.verify(channel, Mockito.times(50)).queueBind(anyString(), anyString(), anyString(), any());
		Mockito.verify(channel, Mockito.times(10)).exchangeBind(anyString(), anyString(), anyString(), any());
		exchanges.destroy();
	}

}
