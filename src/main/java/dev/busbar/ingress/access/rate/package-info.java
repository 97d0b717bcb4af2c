/**
 * Bounds how many events a caller may send in a time.
 */
@NullMarked
package dev.busbar.ingress.access.rate;

import org.jspecify.annotations.NullMarked;
