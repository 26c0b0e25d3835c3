package dev.holdfast.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.uring.sys.ErrnoException;
import org.jspecify.annotations.Nullable;

/**
 * The thread that does the I/O of its devices, through a {@link Backend} that it alone
 * touches. Operations and commands reach it through one inbox, so that they are in order
 * without a lock. A turn of the loop takes what has come in, fills the devices' windows,
 * hands all of it over in one call and answers what is done. When nothing is to be done
 * it sleeps in that call and uses no CPU.
 */
final class EngineLoop implements Runnable, Backend.Completions {

	private static final int INBOX = 16 * 1024;

	private static final int BATCH = 256;

	private static final long NEVER = Long.MAX_VALUE;

	private final Thread thread;

	private final BackendFactory factory;

	private final Inbox<Object> inbox = new Inbox<>(INBOX, this::ring);

	private final CompletableFuture<Void> started = new CompletableFuture<>();

	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private final List<LoopDevice> devices = new ArrayList<>();

	/** Taken out of the file table; the kernel has not let go of them yet. */
	private final List<LoopDevice> releasing = new ArrayList<>();

	/** Commands from this thread itself. */
	private final Queue<Runnable> own = new ArrayDeque<>();

	private final Answers answers = new Answers(this);

	private final Dispatcher dispatcher;

	private final Deadlines deadlines;

	/** Set from another thread, once. */
	private volatile @Nullable BufferListener bufferListener;

	private volatile @Nullable Backend backend;

	private volatile long listenerFailures;

	private volatile @Nullable Throwable failure;

	/** No deadline is earlier than this. */
	private long earliestDeadline = NEVER;

	private final Spin spin = new Spin();

	private int first;

	private boolean stopping;

	EngineLoop(String name, int pieces, BackendFactory factory) {
		this.factory = factory;
		Pieces slots = new Pieces(pieces);
		this.dispatcher = new Dispatcher(slots, this.answers);
		this.deadlines = new Deadlines(slots, this.answers);
		this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this);
	}

	/** Makes the backend, on the loop's thread. */
	interface BackendFactory {

		Backend open(EngineLoop loop) throws ErrnoException;

	}

	/** Told that the kernel let go of a slot. */
	interface BufferListener {

		void released(int slot);

	}

	CompletableFuture<Void> start() {
		this.thread.start();
		return this.started;
	}

	/**
	 * Ends the loop and gives the backend back. Nothing may be in flight.
	 */
	CompletableFuture<Void> stop() {
		send(() -> this.stopping = true);
		return this.ended;
	}

	boolean isCurrentThread() {
		return Thread.currentThread().equals(this.thread);
	}

	/**
	 * Hands over an operation. From any thread.
	 * @param last whether to take it up now, and not only at the next {@link #wake}
	 * @return {@code false} if there is no room
	 */
	boolean offer(IoOperation operation, boolean last) {
		if (isCurrentThread()) {
			accept(operation);
			return true;
		}
		if (this.failure != null) {
			throw new IllegalStateException("the I/O loop has failed", this.failure);
		}
		if (!(last ? this.inbox.offer(operation) : this.inbox.offerQuietly(operation))) {
			return false;
		}
		if (this.failure != null) {
			bury();
		}
		return true;
	}

	/**
	 * Takes up what was handed over. From any thread.
	 */
	void wake() {
		this.inbox.wake();
	}

	/**
	 * Runs a command between operations. From any thread; other threads wait for room.
	 */
	void send(Runnable command) {
		if (isCurrentThread()) {
			this.own.add(command);
			return;
		}
		while (!this.inbox.offer(command)) {
			LockSupport.parkNanos(100_000);
		}
		if (this.failure != null) {
			bury();
		}
	}

	/**
	 * Runs a command between operations and gives its result.
	 * @return fails if the loop has ended
	 */
	<T> CompletableFuture<T> call(Callable<T> command) {
		Call<T> call = new Call<>(command, new CompletableFuture<>());
		send(call);
		return call.result();
	}

	/**
	 * What ended the loop before its time.
	 * @return {@code null} as long as it is well
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

	Backend backend() {
		Backend open = this.backend;
		if (open == null) {
			throw new IllegalStateException("loop is not open");
		}
		return open;
	}

	void add(LoopDevice device) {
		this.devices.add(device);
	}

	void setBufferListener(BufferListener listener) {
		this.bufferListener = listener;
	}

	long listenerFailures() {
		return this.listenerFailures;
	}

	private void ring() {
		Backend open = this.backend;
		if (open != null) {
			open.wake();
		}
	}

	@Override
	public void run() {
		try (Backend open = this.factory.open(this)) {
			this.backend = open;
			this.started.complete(null);
			while (!this.stopping) {
				turn(open);
			}
		}
		catch (Throwable ex) {
			this.failure = ex;
			this.started.completeExceptionally(ex);
			this.ended.completeExceptionally(ex);
			bury();
			this.dispatcher.abandon(this.devices);
		}
		this.ended.complete(null);
	}

	private void turn(Backend open) {
		this.answers.newTurn();
		receive();
		fill(open);
		// With a full queue there may be more to send than went into it.
		boolean more = !open.room();
		if (poll(open) == 0 && !more && !this.stopping && this.own.isEmpty()) {
			idle(open);
		}
		if (this.earliestDeadline != NEVER && System.nanoTime() - this.earliestDeadline >= 0) {
			expire();
		}
	}

	private int poll(Backend open) {
		this.answers.newTurn();
		return open.poll();
	}

	/**
	 * Looks for work a little longer, then sleeps until there is some. Between looks the
	 * CPU goes to whoever else wants it, since that may be who does the work.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	private void idle(Backend open) {
		long start = System.nanoTime();
		long spin = this.spin.nanos(this.dispatcher.pieces().inUse());
		while (System.nanoTime() - start < spin) {
			if (poll(open) > 0 || !this.inbox.isEmpty()) {
				return;
			}
			Thread.yield();
		}
		if (this.inbox.fallAsleep()) {
			this.answers.newTurn();
			open.await(untilDeadline());
			this.inbox.wakeUp();
			this.spin.waited(System.nanoTime() - start);
		}
	}

	/** Each turn begins with another device, so that none has the first pick for ever. */
	private void fill(Backend open) {
		int count = this.devices.size();
		if (count > 0) {
			this.first = (this.first + 1) % count;
		}
		for (int i = 0; i < count; i++) {
			int index = this.first + i;
			this.dispatcher.fill(this.devices.get((index < count) ? index : index - count), open);
		}
	}

	private void receive() {
		for (Runnable command = this.own.poll(); command != null; command = this.own.poll()) {
			command.run();
		}
		for (int i = 0; i < BATCH; i++) {
			Object message = this.inbox.poll();
			if (message == null) {
				return;
			}
			if (message instanceof IoOperation operation) {
				accept(operation);
			}
			else if (message instanceof Runnable command) {
				command.run();
			}
		}
	}

	/** Answers what came in after the loop has failed; the sender may be anyone. */
	private synchronized void bury() {
		for (Object message = this.inbox.poll(); message != null; message = this.inbox.poll()) {
			if (message instanceof IoOperation operation) {
				this.dispatcher.refuse(operation);
			}
			else if (message instanceof Call<?> call) {
				call.result().completeExceptionally(new IllegalStateException("the I/O loop has failed", this.failure));
			}
		}
	}

	private void accept(IoOperation operation) {
		if (operation.deadlineNanos < this.earliestDeadline) {
			this.earliestDeadline = operation.deadlineNanos;
		}
		this.dispatcher.accept(operation);
	}

	private long untilDeadline() {
		return (this.earliestDeadline == NEVER) ? NEVER : Math.max(this.earliestDeadline - System.nanoTime(), 1);
	}

	private void expire() {
		this.earliestDeadline = NEVER;
		long earliest = this.deadlines.expire(this.devices, System.nanoTime());
		this.earliestDeadline = Math.min(this.earliestDeadline, earliest);
	}

	/**
	 * Takes an operation back. On the loop's thread.
	 * @param submission which use of the operation is meant
	 */
	void cancel(IoOperation operation, long submission) {
		if (operation.progress.active && operation.progress.submission == submission) {
			this.dispatcher.cancel(operation, backend());
		}
	}

	/**
	 * Takes a device out of the file table once nothing uses it. On the loop's thread.
	 */
	void remove(LoopDevice device) {
		this.devices.remove(device);
		try {
			backend().clearFile(device.slot);
			this.releasing.add(device);
		}
		catch (ErrnoException ex) {
			device.gone.completeExceptionally(ex);
		}
	}

	@Override
	public void completed(long userData, long result) {
		this.dispatcher.completed(userData, result, backend());
	}

	@Override
	public void fileReleased(int slot) {
		this.releasing.removeIf((device) -> {
			boolean released = device.slot == slot;
			if (released) {
				device.gone.complete(null);
			}
			return released;
		});
	}

	@Override
	public void bufferReleased(int slot) {
		BufferListener listener = this.bufferListener;
		if (listener != null) {
			listener.released(slot);
		}
	}

	/**
	 * Tells a listener, whatever it throws.
	 */
	void tellAnswered(IoOperation operation) {
		try {
			operation.listener.answered(operation);
		}
		catch (Throwable ex) {
			countListenerFailure();
		}
	}

	void tellReleased(IoOperation operation) {
		try {
			operation.listener.released(operation);
		}
		catch (Throwable ex) {
			countListenerFailure();
		}
	}

	@SuppressWarnings("NonAtomicVolatileUpdate")
	private void countListenerFailure() {
		this.listenerFailures++;
	}

	/** A command with a result. */
	private record Call<T>(Callable<T> command, CompletableFuture<T> result) implements Runnable {

		@Override
		public void run() {
			try {
				this.result.complete(this.command.call());
			}
			catch (Exception ex) {
				this.result.completeExceptionally(ex);
			}
		}

	}

}
