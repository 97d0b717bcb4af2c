/**
 * Who of several instances consumes which partition.
 */
@NullMarked
package dev.busbar.store.partition;

import org.jspecify.annotations.NullMarked;
