/**
 * Conditions on events: by their types, and by their data.
 */
@NullMarked
package dev.busbar.egress.filter;

import org.jspecify.annotations.NullMarked;
