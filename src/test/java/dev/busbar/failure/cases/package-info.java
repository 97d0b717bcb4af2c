/**
 * The cases of the failure suite. A run on a broker takes those that apply.
 */
@NullMarked
package dev.busbar.failure.cases;

import org.jspecify.annotations.NullMarked;
