/**
 * What the failure suite stands on: servers that can be taken away, load that does not
 * give up, and the count.
 */
@NullMarked
package dev.busbar.failure.ground;

import org.jspecify.annotations.NullMarked;
