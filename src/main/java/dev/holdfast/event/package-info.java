/**
 * What has happened, for clients that follow it: in memory, bounded, in one order.
 */
@NullMarked
package dev.holdfast.event;

import org.jspecify.annotations.NullMarked;
