/**
 * The code that the documentation shows, run.
 */
@NullMarked
package dev.busbar.contract.snippets;

import org.jspecify.annotations.NullMarked;
