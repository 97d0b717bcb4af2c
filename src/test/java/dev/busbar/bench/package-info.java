/**
 * The benchmarks: {@code ./mvnw -Pbench verify}. Each lets its contestants run in turn,
 * round by round, in JVMs of their own with equal flags, and verifies that the work was
 * done.
 */
@NullMarked
package dev.busbar.bench;

import org.jspecify.annotations.NullMarked;
