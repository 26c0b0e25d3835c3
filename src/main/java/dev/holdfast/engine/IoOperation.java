package dev.holdfast.engine;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One read, write, flush, zero or discard. Reusable: prepare it, submit it, and once
 * {@link IoListener#released} has been called prepare it again. Between submission and
 * answer nothing is allocated.
 * <p>
 * Written by the submitter until {@link IoEngine#submit}, then by the engine until
 * {@code released}; the hand-over in both directions orders memory.
 */
public final class IoOperation {

	/** No deadline. */
	public static final long NO_DEADLINE = Long.MAX_VALUE;

	static final int FLOWS = 1 << 16;

	final IoListener listener;

	IoKind kind = IoKind.READ;

	@Nullable IoDevice device;

	@Nullable IoBuffer buffer;

	long offset;

	long bufferOffset;

	long length;

	boolean fua;

	int flow;

	long deadlineNanos = NO_DEADLINE;

	long submittedNanos;

	long dispatchedNanos;

	long answeredNanos;

	int errno;

	long bytes;

	boolean noProgress;

	final Progress progress = new Progress();

	public IoOperation(IoListener listener) {
		this.listener = listener;
	}

	public IoOperation read(IoDevice device, long offset, IoBuffer buffer, long bufferOffset, long length) {
		return prepare(IoKind.READ, device, offset, buffer, bufferOffset, length, false);
	}

	/**
	 * Prepares a write.
	 * @param fua whether it must be durable when answered ({@code RWF_DSYNC})
	 */
	public IoOperation write(IoDevice device, long offset, IoBuffer buffer, long bufferOffset, long length,
			boolean fua) {
		return prepare(IoKind.WRITE, device, offset, buffer, bufferOffset, length, fua);
	}

	/**
	 * Makes everything that was answered before the submission durable.
	 */
	public IoOperation flush(IoDevice device) {
		return prepare(IoKind.FLUSH, device, 0, null, 0, 0, false);
	}

	/**
	 * Makes a range read as zeroes.
	 */
	public IoOperation zero(IoDevice device, long offset, long length) {
		return prepare(IoKind.ZERO, device, offset, null, 0, length, false);
	}

	/**
	 * Tells the device that a range is not needed: it then reads as zeroes or as before.
	 */
	public IoOperation discard(IoDevice device, long offset, long length) {
		return prepare(IoKind.DISCARD, device, offset, null, 0, length, false);
	}

	/**
	 * Whose turn it takes.
	 * @param flow an opaque number below {@code 65536}; 0 is the default
	 * @return this
	 */
	public IoOperation flow(int flow) {
		Objects.checkIndex(flow, FLOWS);
		this.flow = flow;
		return this;
	}

	/**
	 * When to stop waiting. It ends the wait and not the I/O: see {@link IoListener}.
	 * @param deadlineNanos in terms of {@link System#nanoTime()}
	 * @return this
	 */
	public IoOperation deadline(long deadlineNanos) {
		this.deadlineNanos = deadlineNanos;
		return this;
	}

	private IoOperation prepare(IoKind kind, IoDevice device, long offset, @Nullable IoBuffer buffer, long bufferOffset,
			long length, boolean fua) {
		int blockSize = device.blockSize();
		if (offset < 0 || length < 0 || (offset | length) % blockSize != 0) {
			throw new IllegalArgumentException(
					"offset %d and length %d must be multiples of %d".formatted(offset, length, blockSize));
		}
		if (kind != IoKind.FLUSH && length == 0) {
			throw new IllegalArgumentException("length must not be 0");
		}
		if (buffer != null) {
			Objects.checkFromIndexSize(bufferOffset, length, buffer.memory().byteSize());
		}
		this.kind = kind;
		this.device = device;
		this.offset = offset;
		this.buffer = buffer;
		this.bufferOffset = bufferOffset;
		this.length = length;
		this.fua = fua;
		this.flow = 0;
		this.deadlineNanos = NO_DEADLINE;
		this.errno = 0;
		this.bytes = 0;
		this.noProgress = false;
		this.progress.reset();
		return this;
	}

	public IoKind kind() {
		return this.kind;
	}

	public IoDevice device() {
		return Objects.requireNonNull(this.device, "not prepared");
	}

	public @Nullable IoBuffer buffer() {
		return this.buffer;
	}

	public long offset() {
		return this.offset;
	}

	public long length() {
		return this.length;
	}

	/**
	 * Whether a write must be durable when answered.
	 */
	public boolean fua() {
		return this.fua;
	}

	/**
	 * How it ended.
	 * @return 0, or a positive errno: that of the first piece that failed,
	 * {@code ETIMEDOUT} after the deadline, {@code ECANCELED} after a cancel
	 */
	public int errno() {
		return this.errno;
	}

	/**
	 * How much was done.
	 * @return on success the whole length; on failure the intact prefix
	 */
	public long bytes() {
		return this.bytes;
	}

	/**
	 * Whether the device answered without an error and without moving a byte, as a pulled
	 * drive does. {@link #errno()} is {@code EIO} then.
	 * @return {@code true} if so
	 */
	public boolean noProgress() {
		return this.noProgress;
	}

	public Tier tier() {
		IoBuffer memory = this.buffer;
		return (memory != null) ? memory.tier() : Tier.NONE;
	}

	/**
	 * Time between submission and the first entry given to the kernel.
	 * @return nanoseconds
	 */
	public long queueNanos() {
		return this.dispatchedNanos - this.submittedNanos;
	}

	/**
	 * Time between the first entry given to the kernel and the answer.
	 * @return nanoseconds
	 */
	public long deviceNanos() {
		return this.answeredNanos - this.dispatchedNanos;
	}

}
