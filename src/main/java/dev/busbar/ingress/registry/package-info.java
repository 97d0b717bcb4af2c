/**
 * Shows the registry of event types, handlers and producers over HTTP.
 */
@NullMarked
package dev.busbar.ingress.registry;

import org.jspecify.annotations.NullMarked;
