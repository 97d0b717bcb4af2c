/**
 * What the tests run against: brokers, databases and the application itself, each as a
 * process that can be stopped and killed.
 */
@NullMarked
package dev.busbar.testing;

import org.jspecify.annotations.NullMarked;
