/**
 * Understands what a broker delivers, and calls the handlers' beans.
 */
@NullMarked
package dev.busbar.handler.incoming;

import org.jspecify.annotations.NullMarked;
