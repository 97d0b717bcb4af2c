/**
 * Removes what has been kept long enough, without slowing the handling.
 */
@NullMarked
package dev.busbar.store.retention;

import org.jspecify.annotations.NullMarked;
