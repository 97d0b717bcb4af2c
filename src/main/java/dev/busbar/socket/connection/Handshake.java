package dev.busbar.socket.connection;

import java.time.Instant;

import dev.busbar.egress.feed.FeedLimits;
import dev.busbar.ingress.access.Caller;
import org.jspecify.annotations.Nullable;

/**
 * What was known when a WebSocket was opened, and holds for as long as it is.
 *
 * @param caller who has opened it
 * @param readable what of the feed may be read
 * @param expires when the caller's token expires, null if it has none that does
 */
public record Handshake(Caller caller, FeedLimits readable, @Nullable Instant expires) {

}
