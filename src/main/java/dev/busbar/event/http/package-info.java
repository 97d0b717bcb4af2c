/**
 * Events as headers of HTTP messages, the binary content mode; knows no server and no
 * client.
 */
@NullMarked
package dev.busbar.event.http;

import org.jspecify.annotations.NullMarked;
