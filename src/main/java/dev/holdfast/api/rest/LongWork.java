package dev.holdfast.api.rest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What may take long: it answers with the resource if it is done soon, and otherwise with
 * the operation.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface LongWork {

	/** The form of the resource, or {@link Void} if there is none any more. */
	Class<?> value();

}
