package dev.holdfast.api.rest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A text that is one of the names in an enumeration, as the API writes them. Only the
 * description of the API reads it.
 */
@Target({ ElementType.METHOD, ElementType.RECORD_COMPONENT })
@Retention(RetentionPolicy.RUNTIME)
@interface OneOf {

	Class<? extends Enum<?>> value();

}
