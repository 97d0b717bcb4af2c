/**
 * The disk under H2: while it is full, what is written waits.
 */
@NullMarked
package dev.busbar.store.disk;

import org.jspecify.annotations.NullMarked;
