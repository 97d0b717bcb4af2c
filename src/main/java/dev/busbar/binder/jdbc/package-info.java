/**
 * An embedded broker: a Spring Cloud Stream binder on a partitioned log in the
 * application's database.
 */
@NullMarked
package dev.busbar.binder.jdbc;

import org.jspecify.annotations.NullMarked;
