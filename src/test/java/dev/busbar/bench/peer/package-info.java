/**
 * Spring Cloud Stream as its documentation shows it, and none of Busbar.
 */
@NullMarked
package dev.busbar.bench.peer;

import org.jspecify.annotations.NullMarked;
