package dev.holdfast.block;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

import dev.holdfast.buffer.StagingPool;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.mapping.Route;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.Volumes;
import org.jspecify.annotations.Nullable;

/**
 * Reads, writes and flushes ranges of volumes: takes memory, pins and resolves, hands to
 * the engine, waits, gives everything back. Each call runs on the caller's thread, which
 * may be virtual. A piece of at most 1 MiB is the unit: each takes its own memory, its
 * own pin and its own right to blocks, so that a long stream holds little and never holds
 * up a delete.
 * <p>
 * All throw {@link ProblemException}: {@link Problem#NOT_FOUND},
 * {@link Problem#RANGE_NOT_SATISFIABLE} with {@code size}, {@link Problem#OVERLOADED},
 * {@link Problem#DEADLINE_EXCEEDED} with {@code outcome: unknown}, or {@code not-done} if
 * nothing was done and nothing will be, {@link Problem#IO_ERROR} with {@code errno},
 * {@link Problem#DEVICE_NOT_ONLINE}, {@link Problem#LEASE_LOST},
 * {@link Problem#RATE_LIMITED} with {@code retryAfterSeconds}: before anything is read or
 * written, or from the piece on that comes too late.
 */
public final class BlockService {

	private final IoEngine engine;

	private final Volumes volumes;

	private final StagingPool pool;

	private final Route route;

	private final BlockRanges ranges = new BlockRanges();

	private final Flows flows = new Flows();

	private final TenantIo io = new TenantIo();

	private final Rates rates;

	/**
	 * The use cases.
	 * @param pool of memory for bytes on their way
	 * @param route from that memory to every volume
	 */
	public BlockService(IoEngine engine, Volumes volumes, StagingPool pool, Route route, Rates rates) {
		this.engine = engine;
		this.volumes = volumes;
		this.pool = pool;
		this.route = route;
		this.rates = rates;
	}

	/**
	 * Whether I/O may begin, for who would have to take a body first to find out.
	 * @param key of the volume
	 * @throws ProblemException {@link Problem#NOT_FOUND}, {@link Problem#DEVICE_LOST}
	 */
	public void requireReady(VolumeKey key) {
		this.volumes.open(key);
	}

	/**
	 * Reads any bytes, aligned or not. Long ranges are streamed, with bounded memory and
	 * read-ahead. It is not a snapshot.
	 * @param key of the volume
	 * @param offset in the volume in bytes
	 * @param length in bytes; 0 reads nothing
	 * @param options how; {@code fua} means nothing here
	 * @param sink gets the bytes, in order, on this thread
	 * @return what was done
	 * @throws IOException what the sink threw, after all I/O in flight has ended
	 * @throws ProblemException as above; {@code bytes} is what the sink has had
	 */
	public Transfer read(VolumeKey key, long offset, long length, TransferOptions options, ByteSink sink)
			throws IOException {
		VolumeHandle handle = open(key, options);
		Volume volume = handle.volume();
		requireInside(volume, offset, length);
		Memory memory = new Memory(this.pool, key.tenant(), options, length);
		return new ReadStream(memory, volume.blockSize(),
				(lease) -> dispatch(handle, options, new IoMemory(lease, this.route)),
				this.rates.admit(key.tenant(), options.caller()))
			.run(offset, length, sink);
	}

	/**
	 * Writes any bytes, aligned or not. Of a block that is written only in part the rest
	 * stays as it is, whoever else writes to it at the same time.
	 * @param key of the volume
	 * @param offset in the volume in bytes
	 * @param length in bytes, or -1 for all that the source has
	 * @param options how
	 * @param source gives the bytes, on this thread
	 * @return what was done
	 * @throws IOException what the source threw, after all I/O in flight has ended
	 * @throws ProblemException as above, and {@link Problem#LENGTH_MISMATCH} if the
	 * source had fewer or more bytes than said; {@code bytesWritten} is how many bytes of
	 * the range are known to be written from its start, which ends with a whole block
	 */
	public Transfer write(VolumeKey key, long offset, long length, TransferOptions options, ByteSource source)
			throws IOException {
		VolumeHandle handle = open(key, options);
		requireInside(handle.volume(), offset, Math.max(0, length));
		return write(handle, offset, length, options, source, this.rates.admit(key.tenant(), options.caller()));
	}

	private Transfer write(VolumeHandle handle, long offset, long length, TransferOptions options, ByteSource source,
			RatePass pass) throws IOException {
		VolumeKey key = handle.volume().key();
		Memory memory = new Memory(this.pool, key.tenant(), options, length);
		return new WriteStream(memory, this.ranges, handle, options,
				(lease) -> dispatch(handle, options, (lease != null) ? new IoMemory(lease, this.route) : null), pass,
				offset, source)
			.run(length);
	}

	/**
	 * Makes every write that was answered before durable.
	 * @param key of the volume
	 * @param options how
	 */
	public void flush(VolumeKey key, TransferOptions options) {
		VolumeHandle handle = open(key, options);
		this.rates.admit(key.tenant(), options.caller());
		flush(handle, options);
	}

	private void flush(VolumeHandle handle, TransferOptions options) {
		try (Dispatch dispatch = dispatch(handle, options, null)) {
			dispatch.flush();
			dispatch.await(new Tally());
		}
		catch (IncompleteException ex) {
			throw ex.problem();
		}
	}

	/**
	 * Makes a range read as zeroes.
	 * @param key of the volume
	 * @param offset in the volume in bytes; need not be aligned
	 * @param length in bytes
	 * @param options how
	 * @throws ProblemException as above; what the range holds then is not known
	 */
	public void zero(VolumeKey key, long offset, long length, TransferOptions options) {
		VolumeHandle handle = open(key, options);
		requireInside(handle.volume(), offset, length);
		Chunks chunks = new Chunks(handle.volume().blockSize());
		long end = offset + length;
		long from = Math.min(end, chunks.ceiling(offset));
		long to = Math.max(from, chunks.floor(end));
		RatePass pass = this.rates.admit(key.tenant(), options.caller());
		writeZeroes(handle, offset, from - offset, options, pass);
		try {
			clear(handle, options, from, to, Dispatch::zero, pass);
			writeZeroes(handle, to, end - to, options, pass);
			if (options.fua()) {
				flush(handle, options);
			}
		}
		catch (ProblemException ex) {
			throw IoProblems.afterOthers(ex);
		}
	}

	private void writeZeroes(VolumeHandle handle, long offset, long length, TransferOptions options, RatePass pass) {
		if (length == 0) {
			return;
		}
		ByteBuffer zeroes = ByteBuffer.allocate((int) length);
		try {
			write(handle, offset, length, options, (into) -> {
				int count = Math.min(zeroes.remaining(), into.remaining());
				into.put(zeroes.slice(zeroes.position(), count));
				zeroes.position(zeroes.position() + count);
				return (count > 0) ? count : -1;
			}, pass);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Tells the devices that the whole blocks of a range are not needed: they then read
	 * as zeroes or as before. Bytes of blocks that are only partly in it stay.
	 * @param key of the volume
	 * @param offset in the volume in bytes
	 * @param length in bytes
	 * @param options how
	 */
	public void discard(VolumeKey key, long offset, long length, TransferOptions options) {
		VolumeHandle handle = open(key, options);
		requireInside(handle.volume(), offset, length);
		Chunks chunks = new Chunks(handle.volume().blockSize());
		clear(handle, options, chunks.ceiling(offset), chunks.floor(offset + length), Dispatch::discard,
				this.rates.admit(key.tenant(), options.caller()));
	}

	private void clear(VolumeHandle handle, TransferOptions options, long from, long to, BlockClearing.Start start,
			RatePass pass) {
		try {
			new BlockClearing(rights(handle, options), () -> dispatch(handle, options, null), pass).run(from, to, start,
					new Tally());
		}
		catch (IncompleteException ex) {
			throw ex.problem();
		}
	}

	/**
	 * I/O of the tenant whose volume it is.
	 */
	Dispatch dispatch(VolumeHandle handle, TransferOptions options, @Nullable IoMemory memory) {
		String tenant = handle.volume().key().tenant();
		return new Dispatch(this.engine, handle, this.flows.of(tenant), this.io.of(tenant), options, memory);
	}

	/**
	 * Of operations that go together.
	 */
	Countdown countdown() {
		return new Countdown(this.engine);
	}

	/**
	 * What was done for tenants.
	 */
	public TenantIo io() {
		return this.io;
	}

	/**
	 * How fast tenants may be.
	 */
	Rates rates() {
		return this.rates;
	}

	/**
	 * To write whole blocks, in one order with whoever writes parts of them.
	 */
	BlockRights rights(VolumeHandle handle, TransferOptions options) {
		return new BlockRights(this.ranges, handle, options, this.engine);
	}

	/**
	 * The volume, for who has it now.
	 */
	VolumeHandle open(VolumeKey key, TransferOptions options) {
		VolumeHandle handle = this.volumes.open(key);
		handle.requireLease(options.lease());
		return handle;
	}

	static void requireInside(Volume volume, long offset, long length) {
		if (offset < 0 || length < 0 || offset > volume.sizeBytes() - length) {
			throw IoProblems.outside(volume.sizeBytes());
		}
	}

}
