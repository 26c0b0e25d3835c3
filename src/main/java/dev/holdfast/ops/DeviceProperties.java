package dev.holdfast.ops;

import java.nio.file.Path;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.ResourceName;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * A device to attach.
 *
 * @param name what to call it
 * @param path a block device, or a regular file standing in for one
 * @param size makes a sparse file of this size if there is nothing at the path
 * @param adopt whether to take it over from another installation, with its volumes
 */
public record DeviceProperties(@Nullable String name, @Nullable Path path, @Nullable ByteSize size,
		@DefaultValue("false") boolean adopt) {

	public DeviceProperties {
		if (name == null || !ResourceName.isValid(name)) {
			throw new InvalidConfigurationPropertyValueException("holdfast.devices[].name", name,
					"Write a name of 1 to 63 lower-case letters, digits and hyphens for each device.");
		}
		if (path == null || path.toString().isEmpty()) {
			throw new InvalidConfigurationPropertyValueException("holdfast.devices[].path", path,
					"Write where the device is, such as /dev/nvme0n1, or a file.");
		}
		if (size != null && (size.bytes() == 0 || size.bytes() % 4096 != 0)) {
			throw new InvalidConfigurationPropertyValueException("holdfast.devices[].size", size,
					"Write a multiple of 4KiB, such as 1GiB, or leave it out for a device that exists.");
		}
	}

}
