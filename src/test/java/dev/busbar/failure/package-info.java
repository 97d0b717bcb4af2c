/**
 * The failure suite: what goes wrong, on every broker, black box; each case ends with the
 * count.
 */
@NullMarked
package dev.busbar.failure;

import org.jspecify.annotations.NullMarked;
