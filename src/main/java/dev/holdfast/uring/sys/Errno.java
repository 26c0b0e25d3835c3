package dev.holdfast.uring.sys;

/**
 * Error numbers of Linux ({@code asm-generic/errno-base.h} and {@code errno.h}), the same
 * on x86-64 and aarch64.
 */
public final class Errno {

	public static final int EPERM = 1;

	public static final int ENOENT = 2;

	public static final int EINTR = 4;

	public static final int EIO = 5;

	public static final int ENXIO = 6;

	public static final int EBADF = 9;

	public static final int EAGAIN = 11;

	public static final int ENOMEM = 12;

	public static final int EACCES = 13;

	public static final int EFAULT = 14;

	public static final int EBUSY = 16;

	public static final int EEXIST = 17;

	public static final int ENODEV = 19;

	public static final int EINVAL = 22;

	public static final int EMFILE = 24;

	public static final int ENOSPC = 28;

	public static final int EROFS = 30;

	public static final int ENOSYS = 38;

	public static final int ETIME = 62;

	public static final int EOVERFLOW = 75;

	public static final int EOPNOTSUPP = 95;

	public static final int ENOBUFS = 105;

	public static final int ETIMEDOUT = 110;

	public static final int ECANCELED = 125;

	private Errno() {
	}

	/**
	 * The symbolic name.
	 * @param errno a positive error number
	 * @return such as {@code EIO}; {@code errno 999} for one that Holdfast does not know
	 */
	public static String name(int errno) {
		return switch (errno) {
			case 0 -> "OK";
			case EPERM -> "EPERM";
			case ENOENT -> "ENOENT";
			case EINTR -> "EINTR";
			case EIO -> "EIO";
			case ENXIO -> "ENXIO";
			case EBADF -> "EBADF";
			case EAGAIN -> "EAGAIN";
			case ENOMEM -> "ENOMEM";
			case EACCES -> "EACCES";
			case EFAULT -> "EFAULT";
			case EBUSY -> "EBUSY";
			case EEXIST -> "EEXIST";
			case ENODEV -> "ENODEV";
			case EINVAL -> "EINVAL";
			case EMFILE -> "EMFILE";
			case ENOSPC -> "ENOSPC";
			case EROFS -> "EROFS";
			case ENOSYS -> "ENOSYS";
			case ETIME -> "ETIME";
			case EOVERFLOW -> "EOVERFLOW";
			case EOPNOTSUPP -> "EOPNOTSUPP";
			case ENOBUFS -> "ENOBUFS";
			case ETIMEDOUT -> "ETIMEDOUT";
			case ECANCELED -> "ECANCELED";
			default -> "errno " + errno;
		};
	}

}
