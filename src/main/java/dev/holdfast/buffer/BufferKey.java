package dev.holdfast.buffer;

/**
 * What a buffer is called.
 *
 * @param tenant whose it is
 * @param name unique among the tenant's buffers
 */
public record BufferKey(String tenant, String name) {

}
