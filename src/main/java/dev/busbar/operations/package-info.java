/**
 * What people do with dead letters over HTTP: look, replay, change, discard.
 */
@NullMarked
package dev.busbar.operations;

import org.jspecify.annotations.NullMarked;
