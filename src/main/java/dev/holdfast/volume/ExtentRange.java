package dev.holdfast.volume;

/**
 * Neighbouring extents of one device.
 *
 * @param start number of the first
 * @param count how many, at least 1
 */
record ExtentRange(int start, int count) {

	int end() {
		return this.start + this.count;
	}

}
