/**
 * What is kept about events in the application's database: the inbox and the dead
 * letters.
 */
@NullMarked
package dev.busbar.store;

import org.jspecify.annotations.NullMarked;
