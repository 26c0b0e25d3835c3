/**
 * Side-by-side runs against peers. Started by the scripts in {@code src/bench}; not part
 * of the service.
 */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
