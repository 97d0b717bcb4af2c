/**
 * The application's entry point, and nothing else.
 */
@NullMarked
package dev.busbar;

import org.jspecify.annotations.NullMarked;
