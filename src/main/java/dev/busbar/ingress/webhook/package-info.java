/**
 * Takes in the webhooks of providers, each verified in its provider's own way.
 */
@NullMarked
package dev.busbar.ingress.webhook;

import org.jspecify.annotations.NullMarked;
