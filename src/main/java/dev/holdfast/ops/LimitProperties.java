package dev.holdfast.ops;

import java.time.Duration;

import dev.holdfast.contract.ByteSize;
import jakarta.validation.constraints.Min;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What clients may ask for, under {@code holdfast.limits}. A refusal names the limit.
 *
 * @param ranges in one request
 * @param jsonBody the longest body that is not blocks
 * @param wholeReads of volumes at a time for each tenant
 * @param eventStreams at a time for each tenant, and for all administrators together
 * @param batch operations in one
 * @param rateWait how long a request waits for its turn in the rate of its tenant
 * @param slowestRate bytes a second that a client has to send or take
 * @param slowestFor how long it may be slower before it is cut off
 */
public record LimitProperties(@DefaultValue("64") @Min(value = 1, message = "write a number of at least 1") int ranges,
		@DefaultValue("1MiB") ByteSize jsonBody,
		@DefaultValue("8") @Min(value = 1, message = "write a number of at least 1") int wholeReads,
		@DefaultValue("16") @Min(value = 1, message = "write a number of at least 1") int eventStreams,
		@DefaultValue("1024") @Min(value = 1, message = "write a number of at least 1") int batch,
		@DefaultValue("1s") @DurationMin(millis = 0, message = "write a duration, such as 1s") Duration rateWait,
		@DefaultValue("16KiB") ByteSize slowestRate, @DefaultValue("30s") @DurationMin(millis = 100,
				message = "write a duration of at least 100ms, such as 30s") Duration slowestFor) {

}
