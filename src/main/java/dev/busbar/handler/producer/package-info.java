/**
 * Asks supplier beans for events and publishes them.
 */
@NullMarked
package dev.busbar.handler.producer;

import org.jspecify.annotations.NullMarked;
