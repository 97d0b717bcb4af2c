/**
 * Subscriptions: who gets which events as webhooks, and with which secrets they are
 * signed.
 */
@NullMarked
package dev.busbar.egress.subscription;

import org.jspecify.annotations.NullMarked;
