/**
 * Verifies that a webhook comes from whom it claims to come from, each provider in its
 * own way.
 */
@NullMarked
package dev.busbar.ingress.webhook.scheme;

import org.jspecify.annotations.NullMarked;
