/**
 * The promises of the bus, each tested on every broker, black box over HTTP.
 */
@NullMarked
package dev.busbar.contract;

import org.jspecify.annotations.NullMarked;
