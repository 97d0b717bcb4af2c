/**
 * Text forms on the wire (UTF-8, JSON, timestamps, URIs); knows no event.
 */
@NullMarked
package dev.busbar.event.format;

import org.jspecify.annotations.NullMarked;
