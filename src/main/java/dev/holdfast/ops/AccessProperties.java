package dev.holdfast.ops;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an operator may set under {@code holdfast.access}.
 *
 * @param tokensPerTenant how many tokens a tenant has at most
 * @param failedAuthentications how many an address may have in a second before it is told
 * to wait
 */
public record AccessProperties(
		@DefaultValue("32") @Min(value = 1,
				message = "write a number of tokens of at least 1, such as 32") int tokensPerTenant,
		@DefaultValue("20") @Min(value = 1,
				message = "write a number of failures in a second from 1 to 1000000, such as 20") @Max(
						value = 1_000_000,
						message = "write a number of failures in a second from 1 to 1000000, such as 20") int failedAuthentications) {

}
