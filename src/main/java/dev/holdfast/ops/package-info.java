/**
 * Properties, wiring, start and stop, health and metrics.
 */
@NullMarked
package dev.holdfast.ops;

import org.jspecify.annotations.NullMarked;
