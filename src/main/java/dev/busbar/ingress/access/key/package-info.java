/**
 * Tells callers by what a program sends along: an API key or a JWT.
 */
@NullMarked
package dev.busbar.ingress.access.key;

import org.jspecify.annotations.NullMarked;
