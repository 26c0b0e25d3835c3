package dev.holdfast.ops;

import java.time.Duration;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.device.HoldLimits;
import jakarta.validation.constraints.Min;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How I/O waits for a drive that was pulled, under {@code holdfast.hold}. Each device has
 * its own limits.
 *
 * @param time how long a drive may be away before I/O to it fails
 * @param operations that wait at most
 * @param bytes of writes that wait at most
 * @param suspendedTime how long I/O waits for a device that an operator has suspended;
 * for as long as that takes if it is not given
 */
public record HoldProperties(
		@DefaultValue("60s") @DurationMin(millis = 100,
				message = "write a duration of at least 100ms, such as 60s") Duration time,
		@DefaultValue("4096") @Min(value = 1, message = "write a number of at least 1") int operations,
		@DefaultValue("64MiB") ByteSize bytes, @DurationMin(millis = 100,
				message = "write a duration of at least 100ms, such as 10m") @Nullable Duration suspendedTime) {

	HoldLimits limits() {
		return new HoldLimits(this.time, this.operations, this.bytes.bytes(), this.suspendedTime);
	}

}
