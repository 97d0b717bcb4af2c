/**
 * Busbar as a contestant.
 */
@NullMarked
package dev.busbar.bench.app;

import org.jspecify.annotations.NullMarked;
