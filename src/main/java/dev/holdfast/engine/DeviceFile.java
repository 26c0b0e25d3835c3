package dev.holdfast.engine;

/**
 * An open descriptor for {@link IoEngine#attach}.
 *
 * @param name what to call it in logs and statistics
 * @param descriptor opened with {@code O_DIRECT}
 * @param blockDevice whether it is a block device (else a regular file): decides how
 * zeroing and discarding are done
 * @param blockSize logical block size in bytes: alignment of offsets and lengths
 */
public record DeviceFile(String name, int descriptor, boolean blockDevice, int blockSize) {

}
