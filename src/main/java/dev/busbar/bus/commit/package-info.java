/**
 * Sends what concurrent publishers wait for in common batches.
 */
@NullMarked
package dev.busbar.bus.commit;

import org.jspecify.annotations.NullMarked;
