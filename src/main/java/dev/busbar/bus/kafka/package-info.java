/**
 * How Kafka confirms a batch, and the settings that close its traps.
 */
@NullMarked
package dev.busbar.bus.kafka;

import org.jspecify.annotations.NullMarked;
