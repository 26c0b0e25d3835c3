package dev.holdfast.api.rest;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.DeviceRequest;
import dev.holdfast.device.DeviceSelector;
import org.jspecify.annotations.Nullable;

/**
 * The body of a declaration of a device: one of the first three says which.
 *
 * @param path of a block device, or of a file standing in for one
 * @param serial what the drive says its serial number is
 * @param wwid what the drive says its world-wide identifier is
 * @param overwrite whether other content on a drive may go
 * @param adopt whether another installation's volumes may come in
 * @param rename new names for these, by old ones; {@code name} or {@code tenant/name}
 */
record DeviceRequestBody(@Nullable String path, @Nullable String serial, @Nullable String wwid,
		@Nullable Boolean overwrite, @Nullable Boolean adopt, @Nullable Map<String, String> rename) {

	DeviceRequest request() {
		return new DeviceRequest(new DeviceSelector(path(this.path), this.serial, this.wwid),
				Boolean.TRUE.equals(this.overwrite), Boolean.TRUE.equals(this.adopt), rename(this.rename));
	}

	private static Map<String, String> rename(@Nullable Map<String, String> names) {
		if (names == null) {
			return Map.of();
		}
		if (names.containsValue(null)) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "rename has a new name for each old one");
		}
		return names;
	}

	private static @Nullable Path path(@Nullable String text) {
		try {
			Path path = (text != null) ? Path.of(text) : null;
			if (path != null && !path.isAbsolute()) {
				throw new ProblemException(Problem.MALFORMED_REQUEST, "path is absolute, such as /dev/nvme0n1");
			}
			return path;
		}
		catch (InvalidPathException ex) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, "path is no path");
		}
	}

}
