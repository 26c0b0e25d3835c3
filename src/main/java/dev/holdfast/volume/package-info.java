/**
 * Tenants' volumes: which extents of which device they are made of, allocation, and the
 * resolver from a range of a volume to ranges of devices.
 */
@NullMarked
package dev.holdfast.volume;

import org.jspecify.annotations.NullMarked;
