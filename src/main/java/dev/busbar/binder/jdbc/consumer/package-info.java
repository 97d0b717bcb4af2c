/**
 * The consumers of the log: which partitions are leased to each, and who handles them
 * when. Internal to the binder.
 */
@NullMarked
package dev.busbar.binder.jdbc.consumer;

import org.jspecify.annotations.NullMarked;
