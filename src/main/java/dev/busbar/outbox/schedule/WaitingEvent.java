package dev.busbar.outbox.schedule;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An event that is stored and not yet published.
 *
 * @param number its number, rising in the order of storing
 * @param id its id
 * @param source its source
 * @param type its type
 * @param stored when it was stored
 * @param due when it is to be published, null for as soon as can be
 */
public record WaitingEvent(long number, String id, String source, String type, Instant stored, @Nullable Instant due) {

}
