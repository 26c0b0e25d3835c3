package dev.holdfast.device;

/**
 * What one request to a drive may be at most, from {@code queue/} in sysfs. A number that
 * cannot be read is 0.
 *
 * @param maxSectorsBytes bytes of one read or write; the kernel splits larger ones
 * @param maxSegments pieces of memory in one request
 * @param discardMaxBytes bytes of one discard; 0 where there is none
 * @param writeZeroesMaxBytes bytes that the drive zeroes in one request; 0 if it cannot
 * and zeroes have to be written
 * @param rotational whether seeking takes time
 */
public record DriveLimits(long maxSectorsBytes, int maxSegments, long discardMaxBytes, long writeZeroesMaxBytes,
		boolean rotational) {

	private static final long KIBIBYTE = 1024;

	static DriveLimits of(SysfsDirectory drive) {
		return new DriveLimits(drive.number("queue/max_sectors_kb", Long.MAX_VALUE / KIBIBYTE) * KIBIBYTE,
				(int) drive.number("queue/max_segments", Integer.MAX_VALUE),
				drive.number("queue/discard_max_bytes", Long.MAX_VALUE),
				drive.number("queue/write_zeroes_max_bytes", Long.MAX_VALUE), drive.flag("queue/rotational"));
	}

}
