/**
 * Answers who posts an event and asks for it ({@code Prefer: wait}) with what came of the
 * event.
 */
@NullMarked
package dev.busbar.ingress.reply;

import org.jspecify.annotations.NullMarked;
