/**
 * The smallest handler: one record, one bean.
 */
@NullMarked
package dev.busbar.examples.hello;

import org.jspecify.annotations.NullMarked;
