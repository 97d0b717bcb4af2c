/**
 * Finds the function beans that handle events, binds their streams and runs them exactly
 * once in effect.
 */
@NullMarked
package dev.busbar.handler;

import org.jspecify.annotations.NullMarked;
