package dev.holdfast.api.rest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.holdfast.tenant.Right;

/**
 * What a caller must be allowed to do, in the tenant that the path names.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Needs {

	Right value();

}
