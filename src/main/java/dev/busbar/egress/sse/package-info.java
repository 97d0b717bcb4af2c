/**
 * The feed over HTTP, as server-sent events.
 */
@NullMarked
package dev.busbar.egress.sse;

import org.jspecify.annotations.NullMarked;
