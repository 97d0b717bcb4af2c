package dev.busbar.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an exception, and its subclasses, that no further attempt will mend: an event
 * whose handler throws it, or an exception that was caused by it, becomes a dead letter
 * after this attempt.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface NonRetryable {

}
