/**
 * The use cases of both faces: read, write and flush ranges of volumes. Takes memory,
 * resolves, dispatches, awaits, gives everything back.
 */
@NullMarked
package dev.holdfast.block;

import org.jspecify.annotations.NullMarked;
