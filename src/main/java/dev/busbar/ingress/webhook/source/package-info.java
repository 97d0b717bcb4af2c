/**
 * The configured sources of webhooks: what each sends, and what becomes of it.
 */
@NullMarked
package dev.busbar.ingress.webhook.source;

import org.jspecify.annotations.NullMarked;
