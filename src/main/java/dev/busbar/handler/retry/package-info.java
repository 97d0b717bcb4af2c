/**
 * What becomes of events whose attempt failed, and of those behind them.
 */
@NullMarked
package dev.busbar.handler.retry;

import org.jspecify.annotations.NullMarked;
