/**
 * The bodies of requests: how they are read, and waited for.
 */
@NullMarked
package dev.busbar.ingress.body;

import org.jspecify.annotations.NullMarked;
