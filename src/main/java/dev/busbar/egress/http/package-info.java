/**
 * Subscriptions and deliveries over HTTP.
 */
@NullMarked
package dev.busbar.egress.http;

import org.jspecify.annotations.NullMarked;
