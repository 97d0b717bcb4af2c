/**
 * Divides the partitions of a broker that does not do it itself among the instances of
 * the application.
 */
@NullMarked
package dev.busbar.handler.assignment;

import org.jspecify.annotations.NullMarked;
