/**
 * Handlers that are no beans, but clients elsewhere.
 */
@NullMarked
package dev.busbar.handler.remote;

import org.jspecify.annotations.NullMarked;
