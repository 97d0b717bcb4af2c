package dev.busbar.handler.scan;

/**
 * A function bean whose signature names event types.
 *
 * @param name the name of the bean
 * @param kind the functional interface
 * @param input the events it takes
 * @param output the events it returns
 */
public record FunctionBean(String name, FunctionKind kind, EventSide input, EventSide output) {

}
