/**
 * What a hand-written program does on the same guarantees: the client of the broker and
 * plain JDBC, and none of Busbar.
 */
@NullMarked
package dev.busbar.bench.floor;

import org.jspecify.annotations.NullMarked;
