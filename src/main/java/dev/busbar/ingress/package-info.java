/**
 * Takes events in over HTTP, and answers once they are stored.
 */
@NullMarked
package dev.busbar.ingress;

import org.jspecify.annotations.NullMarked;
