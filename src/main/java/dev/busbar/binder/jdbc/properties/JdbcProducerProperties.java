package dev.busbar.binder.jdbc.properties;

/**
 * Settings of a producer on the embedded broker: none beyond Spring Cloud Stream's own.
 */
public class JdbcProducerProperties {

}
