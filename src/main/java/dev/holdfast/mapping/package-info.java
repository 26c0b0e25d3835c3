/**
 * Which buffer is mapped to which volume, and how: declarations, the members that are
 * made of them, the budget of premapped memory.
 */
@NullMarked
package dev.holdfast.mapping;

import org.jspecify.annotations.NullMarked;
