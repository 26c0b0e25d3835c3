package dev.holdfast.uring.sys;

/**
 * Operations of {@code io_uring_register(2)}, those that Holdfast issues. Never 28 or 29,
 * which the seed's patches used: mainline gave those numbers to other things, and there
 * they "succeed".
 */
public final class RegisterOpcode {

	public static final int PROBE = 8;

	public static final int FILES2 = 13;

	public static final int FILES_UPDATE2 = 14;

	public static final int BUFFERS2 = 15;

	public static final int BUFFERS_UPDATE = 16;

	public static final int CLONE_BUFFERS = 30;

	static final int SEED_MAP = 28;

	static final int SEED_UNMAP = 29;

	private RegisterOpcode() {
	}

}
