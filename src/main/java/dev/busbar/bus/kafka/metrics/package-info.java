/**
 * The metrics of Kafka's clients, at a cost that many clients can bear.
 */
@NullMarked
package dev.busbar.bus.kafka.metrics;

import org.jspecify.annotations.NullMarked;
