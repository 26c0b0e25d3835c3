package dev.holdfast.device;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for.
 *
 * @param selector which drive
 * @param overwrite whether other content may go; a label of Holdfast never does
 * @param adopt whether it may be taken over from another installation
 * @param rename new names of volumes that come with it, by old ones
 */
public record DeviceRequest(DeviceSelector selector, boolean overwrite, boolean adopt, Map<String, String> rename) {

	public DeviceRequest {
		rename = Map.copyOf(rename);
	}

	/**
	 * A drive that is empty or ours.
	 * @param selector which drive
	 * @return the request
	 */
	public static DeviceRequest of(DeviceSelector selector) {
		return new DeviceRequest(selector, false, false, Map.of());
	}

	AttachRequest attaching(String name, Path path, @Nullable UUID expected) {
		return new AttachRequest(name, path, this.overwrite, this.adopt, this.rename, expected);
	}

}
