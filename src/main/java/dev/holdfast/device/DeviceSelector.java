package dev.holdfast.device;

import java.nio.file.Path;
import java.util.stream.Stream;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * How an operator says which drive is meant: exactly one of these.
 *
 * @param path of a block device, or of a regular file standing in for one
 * @param serial what the drive says its serial number is
 * @param wwid what the drive says its world-wide identifier is
 */
public record DeviceSelector(@Nullable Path path, @Nullable String serial, @Nullable String wwid) {

	public DeviceSelector {
		if (Stream.of(path, serial, wwid).filter((given) -> given != null).count() != 1) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "Say which drive: one of path, serial and wwid");
		}
	}

	/**
	 * By where it is.
	 * @param path of a block device or a regular file
	 * @return the selector
	 */
	public static DeviceSelector at(Path path) {
		return new DeviceSelector(path, null, null);
	}

}
