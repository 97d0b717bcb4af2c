package dev.busbar.egress.feed;

import java.time.Instant;

import dev.busbar.event.Event;
import org.jspecify.annotations.Nullable;

/**
 * An event in the feed.
 *
 * @param number its place, from 1; a later event has a higher one, and who has read up to
 * a number has missed none below it
 * @param added when it became part of the feed
 * @param event the event, with its data as it came
 */
public record FeedEvent(long number, Instant added, Event<byte @Nullable []> event) {

}
