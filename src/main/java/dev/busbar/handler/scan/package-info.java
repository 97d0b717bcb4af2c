/**
 * Reads the generic signatures of function beans and derives streams and bindings from
 * them.
 */
@NullMarked
package dev.busbar.handler.scan;

import org.jspecify.annotations.NullMarked;
