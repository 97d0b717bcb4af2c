package dev.busbar.event;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares that a class is the data of an event type. The data must be a JSON object: a
 * record or a bean, never a scalar, an array or a collection.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface EventType {

	/**
	 * The name of the type: the CloudEvents {@code type} attribute, a past-tense fact in
	 * lower case such as {@code order.placed}. Letters, digits, {@code .}, {@code _} and
	 * {@code -}; at most 200 characters.
	 */
	String value();

	/**
	 * The stream on which the type travels; by default a stream of its own, named like
	 * the type. Types that share a stream keep their order per key across types.
	 */
	String stream() default "";

}
