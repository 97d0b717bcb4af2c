/**
 * What has become of events that someone waits for.
 */
@NullMarked
package dev.busbar.store.outcome;

import org.jspecify.annotations.NullMarked;
