/**
 * Decides who may call: programs by API key or JWT, people by a session, or this machine
 * alone.
 */
@NullMarked
package dev.busbar.ingress.access;

import org.jspecify.annotations.NullMarked;
