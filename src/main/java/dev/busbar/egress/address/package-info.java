/**
 * Which addresses a webhook may be sent to, so that nobody reaches into one's own network
 * through it.
 */
@NullMarked
package dev.busbar.egress.address;

import org.jspecify.annotations.NullMarked;
