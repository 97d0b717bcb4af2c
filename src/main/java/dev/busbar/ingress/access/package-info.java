/**
 * Decides who may call: API keys, or this machine alone.
 */
@NullMarked
package dev.busbar.ingress.access;

import org.jspecify.annotations.NullMarked;
