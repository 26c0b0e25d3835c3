package dev.holdfast.device;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * A device that belongs here, as it was at one moment.
 *
 * @param known what it is called and known by
 * @param device if it is online, else {@code null}
 * @param drive what the kernel says of it, if it is a block device and there
 * @param path where it is, was found, or was asked for; {@code null} if that is not
 * known, or another device is there
 * @param reason why it does not serve I/O as it should, or {@code null}
 */
public record DeviceStatus(KnownDevice known, @Nullable Device device, @Nullable Drive drive, @Nullable Path path,
		@Nullable String reason) {

	public DeviceState state() {
		if (this.device == null) {
			return DeviceState.ABSENT;
		}
		DeviceState state = this.device.state();
		return (state == DeviceState.ONLINE && this.device.draining()) ? DeviceState.DRAINING : state;
	}

}
