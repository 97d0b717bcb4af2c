/**
 * How a batch of events is published on RabbitMQ, and confirmed as a whole.
 */
@NullMarked
package dev.busbar.bus.rabbit.publish;

import org.jspecify.annotations.NullMarked;
