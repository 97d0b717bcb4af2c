package dev.busbar.handler.remote;

import org.jspecify.annotations.Nullable;

/**
 * A result of a remote handler.
 *
 * @param type its event type
 * @param data its data, a JSON object
 * @param key its key; null: what its data marks, or else the cause's
 * @param subject its subject, null for none
 */
@SuppressWarnings("ArrayRecordComponent")
public record RemoteResult(String type, byte[] data, @Nullable String key, @Nullable String subject) {

}
