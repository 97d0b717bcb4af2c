package dev.busbar.bus;

import java.util.Map;

/**
 * The Spring Cloud Stream properties that one kind of broker needs for a stream's
 * bindings. Implementations are named in {@code META-INF/spring.factories} and have a
 * constructor without parameters. What a user configures outranks every one of them.
 */
public interface BindingDefaults {

	/** The name of the binder that needs them. */
	String binder();

	/**
	 * Properties of the receiving binding, by their full names.
	 * @param stream a stream that this application handles
	 * @param group the consumer group
	 * @return names and values
	 */
	Map<String, String> input(EventStream stream, String group);

	/**
	 * Properties of the sending binding, by their full names.
	 * @param stream a stream
	 * @param group the consumer group of this application
	 * @return names and values
	 */
	Map<String, String> output(EventStream stream, String group);

}
