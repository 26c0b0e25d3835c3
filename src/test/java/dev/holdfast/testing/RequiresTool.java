package dev.holdfast.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test runs programs that a machine may lack.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ToolCondition.class)
public @interface RequiresTool {

	/**
	 * Names of the programs, looked for on {@code PATH}, in {@code /usr/sbin} and in
	 * {@code /sbin}.
	 * @return the names
	 */
	String[] value();

}
