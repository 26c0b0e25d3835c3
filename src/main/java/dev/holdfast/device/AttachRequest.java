package dev.holdfast.device;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A device to attach.
 *
 * @param name what to call it: the usual rules for names
 * @param path a block device, or a regular file standing in for one
 * @param overwrite whether other content may go; a label of Holdfast never does
 * @param adopt whether it may be taken over from another installation
 * @param rename new names of volumes that come with it, by old ones
 * @param expected identity of the device that it must be; {@code null} for any, also one
 * without a label
 */
public record AttachRequest(String name, Path path, boolean overwrite, boolean adopt, Map<String, String> rename,
		@Nullable UUID expected) {

	public AttachRequest {
		rename = Map.copyOf(rename);
	}

	/**
	 * A device that is empty or ours.
	 * @param name what to call it
	 * @param path where it is
	 * @return the request
	 */
	public static AttachRequest of(String name, Path path) {
		return new AttachRequest(name, path, false, false, Map.of(), null);
	}

}
