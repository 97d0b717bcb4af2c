/**
 * The application that the failure suite runs and kills.
 */
@NullMarked
package dev.busbar.failure.app;

import org.jspecify.annotations.NullMarked;
