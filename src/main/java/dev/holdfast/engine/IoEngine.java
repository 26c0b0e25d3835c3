package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Does block I/O on open descriptors. There are two: {@code io_uring} and, for hosts
 * where that is refused, {@code psync}; both keep the same promises ({@link IoEngines}
 * opens them).
 * <p>
 * All methods may be called from any thread. Listeners run on the engine's own threads
 * and must not block.
 */
public interface IoEngine extends AutoCloseable {

	/**
	 * Which implementation this is.
	 * @return {@code io_uring} or {@code psync}
	 */
	String name();

	/**
	 * What was set up and what had to be done without, for the log and for operators.
	 * @return sentences, most important first
	 */
	List<String> findings();

	/**
	 * What has broken the engine for good.
	 * @return one sentence, or {@code null} as long as it works
	 */
	@Nullable String failure();

	/**
	 * Makes an open descriptor usable. Blocks until it is in the file table. The engine
	 * does not own the descriptor: the caller closes it, after {@link #detach} completed.
	 * @param file the descriptor and what the engine must know of it
	 * @param limits caps of this device
	 * @return the handle that operations name
	 */
	IoDevice attach(DeviceFile file, DeviceLimits limits);

	/**
	 * Refuses new operations on the device, lets those accepted finish and takes it out
	 * of the file table.
	 * @param device what {@link #attach} returned
	 * @return completes when the kernel holds no reference to the descriptor any more
	 */
	CompletableFuture<Void> detach(IoDevice device);

	/**
	 * Registers memory with the kernel, so that I/O with it uses the {@code bvec} tier.
	 * Where the kernel refuses, the buffer is usable all the same, in tier {@code none}:
	 * {@link IoBuffer#refusal()} says why. The memory must be page-aligned and faulted
	 * in; it must outlive {@link #unregister}.
	 * @param memory native memory
	 * @return the handle that operations name
	 */
	CompletableFuture<IoBuffer> register(MemorySegment memory);

	/**
	 * Ends the use of a buffer. New operations that name it are refused at once.
	 * @param buffer what {@link #register} gave
	 * @return completes when the memory may be freed or reused: every ring has emptied
	 * its slots, no operation in flight names them, and the kernel's resource tag has
	 * come (contract rule 9)
	 */
	CompletableFuture<Void> unregister(IoBuffer buffer);

	/**
	 * Memory that counts against {@code RLIMIT_MEMLOCK}: what is registered, and the
	 * rings.
	 * @return bytes, rather too many than too few
	 */
	long lockedBytes();

	/**
	 * How memory is mapped to devices ahead of I/O.
	 */
	Premapping premapping();

	/**
	 * Hands over an operation. From here until {@link IoListener#released} it and its
	 * region of memory belong to the engine.
	 * @param operation a prepared operation that is not in use
	 * @return {@code false} if the device has as many operations as it may have queued
	 * (nothing was done; try again later)
	 * @throws BufferClosedException if the buffer is unregistered
	 * @throws IllegalStateException if the engine or the device is closed
	 */
	boolean submit(IoOperation operation);

	/**
	 * Hands over an operation like {@link #submit}, with others to follow: the engine may
	 * leave it until {@link #begin}, so that it wakes once for all of them. Before that
	 * nobody who is to call it may wait for anything.
	 */
	boolean submitMore(IoOperation operation);

	/**
	 * Takes up what was handed over, if that has not happened.
	 */
	void begin();

	/**
	 * Gives a flow a larger share of a device: so many pieces a turn.
	 * @param flow as in {@link IoOperation#flow}
	 * @param weight from 1, which is what every flow has at first, to 1000
	 */
	void weigh(IoDevice device, int flow, int weight);

	/**
	 * Asks for an early end. A queued operation is answered with {@code ECANCELED}; one
	 * that the device has goes on (direct I/O cannot be cancelled).
	 * @param operation one that was submitted
	 */
	void cancel(IoOperation operation);

	/**
	 * Counters and histograms as the engine's threads have recorded them.
	 * @return a copy
	 */
	EngineStatistics statistics();

	/**
	 * Refuses new operations, waits for those accepted, gives everything back to the
	 * kernel.
	 * @param limit how long to wait
	 * @return operations that were still in flight when the time was up; then their
	 * memory, descriptors and rings are left alone until the process ends
	 */
	int close(Duration limit);

	@Override
	default void close() {
		close(Duration.ofSeconds(30));
	}

}
