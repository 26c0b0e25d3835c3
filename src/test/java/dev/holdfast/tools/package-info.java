/**
 * What others have written runs against the service: transfer programs, image tools,
 * block devices over a network, caches and load generators. The page
 * {@code src/docs/tools.md} says the same to an operator, and its lines run here too.
 */
@NullMarked
package dev.holdfast.tools;

import org.jspecify.annotations.NullMarked;
