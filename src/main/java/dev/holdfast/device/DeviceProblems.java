package dev.holdfast.device;

import java.io.IOException;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * What operators are told of devices that cannot be had.
 */
final class DeviceProblems {

	private DeviceProblems() {
	}

	static ProblemException unusable(String name, IOException cause) {
		return (cause instanceof DeviceException why)
				? new ProblemException(why.problem(), "Device %s cannot be used: %s".formatted(name, why.getMessage()),
						why)
				: new ProblemException(Problem.IO_ERROR, "Device %s cannot be used".formatted(name), cause);
	}

	static ProblemException isOther(String name) {
		return new ProblemException(Problem.ALREADY_EXISTS,
				"The drive is device %s: attach it by that name, or detach it first".formatted(name));
	}

	static ProblemException isIn(String name, DeviceState state) {
		return new ProblemException(Problem.DEVICE_NOT_ONLINE, "Device %s is %s".formatted(name, state.label()))
			.with("deviceState", state.label());
	}

	static ProblemException lost(String name, String why) {
		return new ProblemException(Problem.DEVICE_LOST, "Device %s is away: %s".formatted(name, why))
			.with("deviceState", DeviceState.LOST.label())
			.with("retryable", true);
	}

	static ProblemException suspended(String name) {
		return new ProblemException(Problem.DEVICE_SUSPENDED,
				"Device %s is suspended by an operator, for longer than I/O waits for that".formatted(name))
			.with("deviceState", DeviceState.SUSPENDED.label())
			.with("retryable", true);
	}

	static ProblemException notFound() {
		return new ProblemException(Problem.NOT_FOUND, "There is no device of this name");
	}

}
