/**
 * Gives the feed to many readers at once, whatever carries it to them. Knows no protocol.
 */
@NullMarked
package dev.busbar.egress.live;

import org.jspecify.annotations.NullMarked;
