/**
 * How RabbitMQ confirms a batch, and the settings that close its traps.
 */
@NullMarked
package dev.busbar.bus.rabbit;

import org.jspecify.annotations.NullMarked;
