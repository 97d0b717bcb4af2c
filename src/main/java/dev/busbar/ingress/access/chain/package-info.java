/**
 * Spring Security's filter chains: which address asks for what, and how refusals are
 * answered.
 */
@NullMarked
package dev.busbar.ingress.access.chain;

import org.jspecify.annotations.NullMarked;
