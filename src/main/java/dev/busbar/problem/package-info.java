/**
 * Errors over HTTP as RFC 9457 problem details, wherever they arise.
 */
@NullMarked
package dev.busbar.problem;

import org.jspecify.annotations.NullMarked;
