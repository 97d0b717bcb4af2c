/**
 * Conditions on the data of events.
 */
@NullMarked
package dev.busbar.egress.filter;

import org.jspecify.annotations.NullMarked;
