package dev.holdfast.block;

import dev.holdfast.buffer.BufferUse;
import dev.holdfast.mapping.Route;

/**
 * Memory that operations name.
 *
 * @param use of a buffer, for as long as the kernel may have it
 * @param route from that buffer to the volume
 */
record IoMemory(BufferUse use, Route route) {

}
