/**
 * Keeps every event that the application knows in one order, so that readers can follow
 * and resume.
 */
@NullMarked
package dev.busbar.egress.feed;

import org.jspecify.annotations.NullMarked;
