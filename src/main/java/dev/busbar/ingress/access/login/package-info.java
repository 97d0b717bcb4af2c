/**
 * Lets people log in with a browser.
 */
@NullMarked
package dev.busbar.ingress.access.login;

import org.jspecify.annotations.NullMarked;
