package dev.holdfast.uring;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.Timeout;

/**
 * Test and set-up run on one thread, since only the thread that opened a ring may use it.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SAME_THREAD)
@interface OnRingThread {

}
