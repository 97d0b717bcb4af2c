/**
 * Describes the addresses of Busbar as an OpenAPI document. A leaf: without it nothing
 * else changes.
 */
@NullMarked
package dev.busbar.openapi;

import org.jspecify.annotations.NullMarked;
