package dev.holdfast.uring;

/**
 * What is asked of a ring.
 *
 * @param entries of the submission queue, a power of two
 * @param completions of the completion queue, a power of two; never more operations in
 * flight than this
 * @param files slots of the file table
 * @param buffers slots of the buffer table
 * @param shared whether several threads touch the ring, so that it cannot be
 * {@code SINGLE_ISSUER} (a ring that others clone buffers from)
 */
public record RingOptions(int entries, int completions, int files, int buffers, boolean shared) {

}
