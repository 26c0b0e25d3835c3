/**
 * The storage layers on a device that loses power: what they promise, for any cut at any
 * step.
 */
@NullMarked
package dev.holdfast.powerloss;

import org.jspecify.annotations.NullMarked;
