/**
 * Shows scheduled events over HTTP and takes them back.
 */
@NullMarked
package dev.busbar.ingress.schedule;

import org.jspecify.annotations.NullMarked;
