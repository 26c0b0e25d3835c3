/**
 * A ring: its submission and completion queue and its tables of buffers and files. Used
 * by one thread at a time; failures are negative errno.
 */
@NullMarked
package dev.holdfast.uring;

import org.jspecify.annotations.NullMarked;
