package dev.holdfast.api.rest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.holdfast.tenant.Identity;
import dev.holdfast.tenant.Right;

/**
 * What a caller must be allowed to do, in the tenant that the path names or, where it
 * names none, with what the caller sees.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Needs {

	Right value();

	/**
	 * Whether the path names a tenant. Where it does not, the method itself shows the
	 * caller only what {@link Identity#sees} allows.
	 */
	boolean inTenant() default true;

}
