/**
 * Takes what the streams carry into the feed: one consumer group on all of them.
 */
@NullMarked
package dev.busbar.egress.feed.intake;

import org.jspecify.annotations.NullMarked;
