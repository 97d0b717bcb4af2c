package dev.busbar.ingress.body;

/**
 * Tells how much of a body has come, where the server can tell.
 */
@FunctionalInterface
interface Arrival {

	/** The request attribute that holds it. */
	String ATTRIBUTE = Arrival.class.getName();

	/** How many bytes can be read without waiting. */
	int bytes();

}
