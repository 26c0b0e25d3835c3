package dev.holdfast.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test lets QEMU's programs read over a protocol. Its drivers are packages of their
 * own.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(QemuDriverCondition.class)
public @interface RequiresQemuDriver {

	/**
	 * The protocol, as URLs begin.
	 */
	String value();

}
