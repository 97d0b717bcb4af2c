/**
 * An application that has Busbar as a library, as the contract's tests run it.
 */
@NullMarked
package dev.busbar.contract.app;

import org.jspecify.annotations.NullMarked;
