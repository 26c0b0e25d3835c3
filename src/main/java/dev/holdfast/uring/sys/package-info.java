/**
 * The kernel as it is: system calls through jnr-ffi, errno, ABI constants and structure
 * offsets, and the probe of what this kernel can do. The only package that imports
 * {@code jnr.ffi} and that turns raw addresses into memory segments.
 */
@NullMarked
package dev.holdfast.uring.sys;

import org.jspecify.annotations.NullMarked;
