package dev.busbar.ingress.webhook.source;

/**
 * What the body of a delivery is.
 */
public enum BodyFormat {

	/** The data of the event. */
	BODY,

	/** A CloudEvent in the JSON format, with the data in it. */
	CLOUDEVENTS

}
