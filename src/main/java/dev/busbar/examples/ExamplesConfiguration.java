package dev.busbar.examples;

import dev.busbar.examples.hello.Hello;
import dev.busbar.examples.orders.OrderController;
import dev.busbar.examples.orders.OrderTables;
import dev.busbar.examples.orders.Orders;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;

/**
 * The examples, on with the profile {@code examples}.
 */
@AutoConfiguration(after = JdbcClientAutoConfiguration.class)
@Profile("examples")
@Import({ Hello.class, OrderTables.class, Orders.class, OrderController.class })
public final class ExamplesConfiguration {

}
