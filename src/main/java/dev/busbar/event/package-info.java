/**
 * Events, their types and their CloudEvents form; knows neither Spring nor a broker.
 */
@NullMarked
package dev.busbar.event;

import org.jspecify.annotations.NullMarked;
