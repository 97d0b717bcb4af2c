/**
 * The partitioned log: tables, offsets, groups, leases and retention, on plain JDBC.
 * Internal to the binder.
 */
@NullMarked
package dev.busbar.binder.jdbc.log;

import org.jspecify.annotations.NullMarked;
