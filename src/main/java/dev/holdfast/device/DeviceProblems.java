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

	static ProblemException notFound() {
		return new ProblemException(Problem.NOT_FOUND, "There is no device of this name");
	}

}
