/**
 * What dead letters tell of failures and of messages: bounded, and without secrets.
 */
@NullMarked
package dev.busbar.store.letter;

import org.jspecify.annotations.NullMarked;
