/**
 * How the receivers of webhooks do: their circuits, and when they are given up.
 */
@NullMarked
package dev.busbar.egress.endpoint;

import org.jspecify.annotations.NullMarked;
