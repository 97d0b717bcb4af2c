/**
 * What can be set on the embedded broker and its bindings.
 */
@NullMarked
package dev.busbar.binder.jdbc.properties;

import org.jspecify.annotations.NullMarked;
