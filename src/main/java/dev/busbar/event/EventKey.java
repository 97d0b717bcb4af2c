package dev.busbar.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the part of an event's data that is its key. Events of one stream with equal keys
 * are handled one at a time, in the order in which they were published. The value's
 * {@code toString()} is the key; null or empty means none. One part per type may carry
 * it: a record component, a field or a method without parameters.
 */
@Documented
@Target({ ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
public @interface EventKey {

}
