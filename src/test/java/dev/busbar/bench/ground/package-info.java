/**
 * What the contestants stand on: brokers, databases, stored orders, processes, and the
 * measuring.
 */
@NullMarked
package dev.busbar.bench.ground;

import org.jspecify.annotations.NullMarked;
