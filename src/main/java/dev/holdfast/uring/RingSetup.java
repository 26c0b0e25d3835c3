package dev.holdfast.uring;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.uring.sys.RingAbi;

/**
 * What a ring got.
 *
 * @param flags {@code IORING_SETUP_*} bits in force
 * @param features {@code IORING_FEAT_*} bits of the kernel
 * @param entries of the submission queue
 * @param completions of the completion queue
 * @param refused names of the flags that the kernel refused
 */
public record RingSetup(int flags, int features, int entries, int completions, List<String> refused) {

	/**
	 * Names of the flags in force.
	 * @return as in {@code linux/io_uring.h}, without the prefix
	 */
	public List<String> names() {
		return names(this.flags);
	}

	static List<String> names(int flags) {
		List<String> names = new ArrayList<>();
		add(names, flags, RingAbi.SETUP_SINGLE_ISSUER, "SINGLE_ISSUER");
		add(names, flags, RingAbi.SETUP_DEFER_TASKRUN, "DEFER_TASKRUN");
		add(names, flags, RingAbi.SETUP_COOP_TASKRUN, "COOP_TASKRUN");
		add(names, flags, RingAbi.SETUP_NO_SQARRAY, "NO_SQARRAY");
		add(names, flags, RingAbi.SETUP_SUBMIT_ALL, "SUBMIT_ALL");
		add(names, flags, RingAbi.SETUP_CLAMP, "CLAMP");
		add(names, flags, RingAbi.SETUP_CQSIZE, "CQSIZE");
		return names;
	}

	private static void add(List<String> names, int flags, int flag, String name) {
		if ((flags & flag) != 0) {
			names.add(name);
		}
	}

}
