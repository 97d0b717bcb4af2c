/**
 * The load that contestants get by HTTP, from a JVM of its own.
 */
@NullMarked
package dev.busbar.bench.load;

import org.jspecify.annotations.NullMarked;
