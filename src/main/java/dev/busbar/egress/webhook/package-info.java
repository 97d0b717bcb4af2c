/**
 * Webhooks on the wire: written, signed, sent, and what the receiver answers.
 */
@NullMarked
package dev.busbar.egress.webhook;

import org.jspecify.annotations.NullMarked;
