/**
 * Orders: stock is taken in the handler's transaction, and what was decided goes on as an
 * event.
 */
@NullMarked
package dev.busbar.examples.orders;

import org.jspecify.annotations.NullMarked;
