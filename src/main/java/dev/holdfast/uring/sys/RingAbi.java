package dev.holdfast.uring.sys;

/**
 * Flags, offsets and sizes of {@code linux/io_uring.h}.
 */
public final class RingAbi {

	/** {@code IORING_SETUP_CQSIZE}. */
	public static final int SETUP_CQSIZE = 1 << 3;

	/** {@code IORING_SETUP_CLAMP}. */
	public static final int SETUP_CLAMP = 1 << 4;

	/** {@code IORING_SETUP_SUBMIT_ALL} (5.18): a bad entry does not stop the batch. */
	public static final int SETUP_SUBMIT_ALL = 1 << 7;

	/** {@code IORING_SETUP_COOP_TASKRUN} (5.19). */
	public static final int SETUP_COOP_TASKRUN = 1 << 8;

	/** {@code IORING_SETUP_SINGLE_ISSUER} (6.0). */
	public static final int SETUP_SINGLE_ISSUER = 1 << 12;

	/** {@code IORING_SETUP_DEFER_TASKRUN} (6.1); needs {@code SINGLE_ISSUER}. */
	public static final int SETUP_DEFER_TASKRUN = 1 << 13;

	/** {@code IORING_SETUP_NO_SQARRAY} (6.6). */
	public static final int SETUP_NO_SQARRAY = 1 << 16;

	/** {@code IORING_FEAT_SINGLE_MMAP} (5.4). */
	public static final int FEAT_SINGLE_MMAP = 1;

	/** {@code IORING_FEAT_NODROP} (5.5). */
	public static final int FEAT_NODROP = 1 << 1;

	/** {@code IORING_ENTER_GETEVENTS}. */
	public static final int ENTER_GETEVENTS = 1;

	/** {@code IORING_ENTER_EXT_ARG}. */
	public static final int ENTER_EXT_ARG = 1 << 3;

	/** {@code IORING_SQ_CQ_OVERFLOW} in the submission queue's flags. */
	public static final int SQ_CQ_OVERFLOW = 1 << 1;

	/** {@code IOSQE_FIXED_FILE}: the descriptor is a slot of the file table. */
	public static final int SQE_FIXED_FILE = 1;

	/** {@code IORING_FSYNC_DATASYNC}. */
	public static final int FSYNC_DATASYNC = 1;

	/** {@code RWF_DSYNC} ({@code linux/fs.h}): durable when it completes. */
	public static final int RWF_DSYNC = 2;

	/** {@code IORING_TIMEOUT_UPDATE}. */
	public static final int TIMEOUT_UPDATE = 1 << 1;

	/** {@code BLOCK_URING_CMD_DISCARD} (6.12). */
	public static final int BLOCK_URING_CMD_DISCARD = 0x1200;

	/** {@code IORING_RSRC_REGISTER_SPARSE} (5.19). */
	public static final int RSRC_REGISTER_SPARSE = 1;

	/** {@code IORING_REGISTER_DST_REPLACE} (6.13). */
	public static final int CLONE_DST_REPLACE = 1 << 1;

	/** {@code IO_URING_OP_SUPPORTED} in a probe. */
	public static final int OP_SUPPORTED = 1;

	/** {@code IORING_OFF_SQ_RING}. */
	public static final long MAP_RINGS = 0;

	/** {@code IORING_OFF_SQES}. */
	public static final long MAP_ENTRIES = 0x10000000L;

	/** {@code sizeof(struct io_uring_params)}. */
	public static final long PARAMS_SIZE = 120;

	public static final long PARAMS_SQ_ENTRIES = 0;

	public static final long PARAMS_CQ_ENTRIES = 4;

	public static final long PARAMS_FLAGS = 8;

	public static final long PARAMS_FEATURES = 20;

	/** {@code sq_off.head}; the others follow in the order of the structure. */
	public static final long PARAMS_SQ_HEAD = 40;

	public static final long PARAMS_SQ_TAIL = 44;

	public static final long PARAMS_SQ_FLAGS = 56;

	public static final long PARAMS_SQ_ARRAY = 64;

	public static final long PARAMS_CQ_HEAD = 80;

	public static final long PARAMS_CQ_TAIL = 84;

	public static final long PARAMS_CQ_OVERFLOW = 96;

	public static final long PARAMS_CQ_CQES = 100;

	/** {@code sizeof(struct io_uring_sqe)}. */
	public static final long SQE_SIZE = 64;

	/** {@code sizeof(struct io_uring_cqe)}. */
	public static final long CQE_SIZE = 16;

	/** {@code sizeof(struct io_uring_rsrc_register)}. */
	public static final long RSRC_REGISTER_SIZE = 32;

	/** {@code sizeof(struct io_uring_rsrc_update2)}. */
	public static final long RSRC_UPDATE_SIZE = 32;

	/** {@code sizeof(struct io_uring_clone_buffers)}. */
	public static final long CLONE_SIZE = 32;

	/** Largest buffer that one slot takes ({@code io_buffer_validate}). */
	public static final long LARGEST_BUFFER = 1L << 30;

	private RingAbi() {
	}

}
