/**
 * How many bytes of messages are fetched ahead from RabbitMQ, which counts messages only.
 */
@NullMarked
package dev.busbar.bus.rabbit.fetch;

import org.jspecify.annotations.NullMarked;
