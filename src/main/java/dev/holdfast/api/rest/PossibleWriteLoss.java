package dev.holdfast.api.rest;

import java.util.List;

/**
 * A drive with a volatile cache went away, and writes that were answered may be lost.
 *
 * @param device what the drive is called
 * @param volumes whose writes those were
 */
record PossibleWriteLoss(String device, List<Loss> volumes) {

	/**
	 * What a volume may have lost.
	 *
	 * @param tenant whose volume it is
	 * @param volume its name
	 * @param writes that were answered and not flushed
	 */
	record Loss(String tenant, String volume, long writes) {

	}

}
