/**
 * A kernel written by hand, for what the real one cannot be made to do.
 */
@NullMarked
package dev.holdfast.uring.fake;

import org.jspecify.annotations.NullMarked;
