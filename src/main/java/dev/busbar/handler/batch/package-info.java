/**
 * Runs handlers on batches of deliveries: inbox, handler and results in one transaction,
 * results published after the commit, the acknowledgment last.
 */
@NullMarked
package dev.busbar.handler.batch;

import org.jspecify.annotations.NullMarked;
