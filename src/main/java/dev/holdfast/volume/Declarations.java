package dev.holdfast.volume;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;

/**
 * Whether a volume is what it is declared to be once more.
 */
final class Declarations {

	private Declarations() {
	}

	/**
	 * Refuses a declaration that differs from the one that was made first.
	 * @throws ProblemException {@link Problem#ALREADY_EXISTS}
	 */
	static void requireSame(VolumeHandle present, VolumeSpec spec) {
		Volume volume = present.volume();
		String name = volume.key().name();
		if (volume.state() == VolumeState.DELETING) {
			throw new ProblemException(Problem.ALREADY_EXISTS, "The volume %s is being deleted".formatted(name));
		}
		if (spec.sizeBytes() != declared(present).sizeBytes()) {
			throw asOtherwise(present);
		}
		requireSameButSize(present, spec);
	}

	/**
	 * Refuses a declaration that differs in what cannot be changed.
	 * @throws ProblemException {@link Problem#ALREADY_EXISTS}
	 */
	static void requireSameButSize(VolumeHandle present, VolumeSpec spec) {
		Volume volume = present.volume();
		VolumeSpec declared = present.declared();
		boolean same = (declared != null) ? declared.sameButSize(spec) : volume.blockSize() == spec.blockSizeOrDefault()
				&& volume.layout() == spec.layoutOrDefault() && volume.stripeBytes() == spec.stripeBytesOrDefault();
		if (!same) {
			throw asOtherwise(present);
		}
	}

	private static VolumeSpec declared(VolumeHandle present) {
		VolumeSpec declared = present.declared();
		return (declared != null) ? declared : VolumeSpec.of(present.volume());
	}

	private static ProblemException asOtherwise(VolumeHandle present) {
		return new ProblemException(Problem.ALREADY_EXISTS, "There is a volume %s that was asked for otherwise: %s"
			.formatted(present.volume().key().name(), declared(present).described()));
	}

}
