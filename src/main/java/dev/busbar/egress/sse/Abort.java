package dev.busbar.egress.sse;

/**
 * Cuts a connection off without another byte.
 */
@FunctionalInterface
interface Abort extends Runnable {

	/** The request attribute that holds it. */
	String ATTRIBUTE = Abort.class.getName();

}
