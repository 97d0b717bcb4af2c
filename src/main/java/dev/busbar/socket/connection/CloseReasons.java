package dev.busbar.socket.connection;

import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.CloseReason;

/**
 * Why the server closes a connection.
 */
public enum CloseReasons {

	/** The application stops; the client may connect again at once. */
	STOPPING(CloseCodes.GOING_AWAY, "the application stops"),

	/** It took nothing for too long, or too much waited for it. */
	TOO_SLOW(CloseCodes.VIOLATED_POLICY, "too slow: it did not take what it was sent"),

	/** It went on sending more messages than it may. */
	TOO_MANY(CloseCodes.VIOLATED_POLICY, "too many messages"),

	/** A text message is too long. */
	TOO_LARGE(CloseCodes.TOO_BIG, "a message is too long"),

	/** What it sent is no text. */
	NO_TEXT(CloseCodes.CANNOT_ACCEPT, "text messages alone are read"),

	/** No sign of life. */
	SILENT(CloseCodes.VIOLATED_POLICY, "no answer to pings"),

	/** The token with which it was opened has expired. */
	EXPIRED(CloseCodes.VIOLATED_POLICY, "the token has expired"),

	/** A fault of the server. */
	FAILED(CloseCodes.UNEXPECTED_CONDITION, "the server failed; its log says why");

	@SuppressWarnings("ImmutableEnumChecker") // An enum constant of the API.
	private final CloseCode code;

	private final String text;

	CloseReasons(CloseCode code, String text) {
		this.code = code;
		this.text = text;
	}

	CloseReason reason() {
		return new CloseReason(this.code, this.text);
	}

}
