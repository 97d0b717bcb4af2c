/**
 * The dead letters as the people see them who operate the application, and the replays
 * they ask for.
 */
@NullMarked
package dev.busbar.store.archive;

import org.jspecify.annotations.NullMarked;
