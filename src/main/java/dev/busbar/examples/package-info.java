/**
 * Handlers as a user writes them, on with the profile {@code examples}.
 */
@NullMarked
package dev.busbar.examples;

import org.jspecify.annotations.NullMarked;
