/**
 * Whether the application's database is there: its health, and what to do if it is not at
 * the start.
 */
@NullMarked
package dev.busbar.store.health;

import org.jspecify.annotations.NullMarked;
