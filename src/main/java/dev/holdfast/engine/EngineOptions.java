package dev.holdfast.engine;

import dev.holdfast.uring.sys.RingAbi;

/**
 * How an engine is set up.
 *
 * @param loops threads that do I/O; each device belongs to one
 * @param entries of each ring's submission queue, a power of two
 * @param inKernel most pieces that one loop has in the kernel
 * @param files devices that one loop can serve
 * @param buffers slots for registered memory
 */
public record EngineOptions(int loops, int entries, int inKernel, int files, int buffers) {

	/** One loop, which serves several fast drives. */
	public static final EngineOptions DEFAULT = new EngineOptions(1, 256, 2048, 256, 4096);

	private static final long PAGES = 16 * 1024;

	public EngineOptions {
		if (loops < 1 || loops > 64) {
			throw new IllegalArgumentException("loops must be from 1 to 64");
		}
		if (entries < 16 || inKernel < entries || files < 1 || buffers < 2) {
			throw new IllegalArgumentException("at least 16 entries, as many in the kernel, a file and two buffers");
		}
	}

	/**
	 * Memory of the rings, which counts as locked since about 6.14.
	 * @return KiB, a little too much rather than too little
	 */
	int ringKib() {
		long each = this.entries * (RingAbi.SQE_SIZE + Integer.BYTES) + 2L * this.inKernel * RingAbi.CQE_SIZE;
		long source = 2L * this.buffers * RingAbi.CQE_SIZE;
		return (int) ((this.loops * (each + PAGES) + source + PAGES) / 1024);
	}

	/**
	 * The same with another number of loops.
	 */
	public EngineOptions withLoops(int count) {
		return new EngineOptions(count, this.entries, this.inKernel, this.files, this.buffers);
	}

}
