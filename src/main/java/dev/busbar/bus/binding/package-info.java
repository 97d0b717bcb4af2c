/**
 * Binds the streams' outputs, and binds nothing while the broker is away.
 */
@NullMarked
package dev.busbar.bus.binding;

import org.jspecify.annotations.NullMarked;
