/**
 * What is kept about events in the application's database: the dead letters, the leases,
 * and in packages of their own the inbox and more.
 */
@NullMarked
package dev.busbar.store;

import org.jspecify.annotations.NullMarked;
