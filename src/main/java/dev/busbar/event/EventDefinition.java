package dev.busbar.event;

/**
 * An event type as the application declared it.
 *
 * @param name the name, such as {@code order.placed}
 * @param stream the stream on which it travels
 * @param dataClass the class of its data
 */
public record EventDefinition(String name, String stream, Class<?> dataClass) {

}
