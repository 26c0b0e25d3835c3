/**
 * Memory that devices do I/O with: arenas that are registered once, and leases on parts
 * of them.
 */
@NullMarked
package dev.holdfast.buffer;

import org.jspecify.annotations.NullMarked;
