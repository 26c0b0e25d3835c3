package dev.holdfast.bench;

import java.lang.invoke.VarHandle;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.engine.IoKind;
import dev.holdfast.engine.IoListener;
import dev.holdfast.engine.IoOperation;
import dev.holdfast.engine.SyncIo;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of 4 KiB operations at random places in flight for a while.
 */
final class EngineLoad {

	static final int BLOCK = 4096;

	/** How often the other thread looks again before it parks. */
	private static final int YIELDS = 50;

	private final IoEngine engine;

	private final IoDevice device;

	private final IoBuffer buffer;

	private final long blocks;

	private final IoKind kind;

	private volatile boolean stop;

	EngineLoad(IoEngine engine, IoDevice device, IoBuffer buffer, long deviceBytes, IoKind kind) {
		this.engine = engine;
		this.device = device;
		this.buffer = buffer;
		this.blocks = deviceBytes / BLOCK;
		this.kind = kind;
	}

	private void prepare(IoOperation operation, int slot, SplittableRandom random) {
		long offset = random.nextLong(this.blocks) * BLOCK;
		if (this.kind == IoKind.READ) {
			operation.read(this.device, offset, this.buffer, (long) slot * BLOCK, BLOCK);
		}
		else {
			operation.write(this.device, offset, this.buffer, (long) slot * BLOCK, BLOCK, false);
		}
	}

	private static void check(IoOperation operation) {
		if (operation.errno() != 0) {
			throw new IllegalStateException("operation failed with errno " + operation.errno());
		}
	}

	/**
	 * Load made on the ring's own thread: each completion submits the next.
	 * @return operations a second
	 */
	double onRingThread(int depth, long millis) throws InterruptedException {
		this.stop = false;
		CountDownLatch drained = new CountDownLatch(depth);
		Resubmitter[] all = new Resubmitter[depth];
		long start = System.nanoTime();
		for (int i = 0; i < depth; i++) {
			all[i] = new Resubmitter(i, drained);
			all[i].submit();
		}
		TimeUnit.MILLISECONDS.sleep(millis);
		this.stop = true;
		drained.await();
		return rate(all, start);
	}

	/**
	 * Load from one other thread, which takes completions from a queue.
	 * @return operations a second
	 */
	double fromOtherThread(int depth, long millis) {
		OtherThread load = new OtherThread(depth);
		return load.run(millis);
	}

	/**
	 * Load from as many virtual threads as the depth, each waiting for its own operation,
	 * as the service's requests do.
	 * @return operations a second
	 */
	double fromVirtualThreads(int depth, long millis) throws InterruptedException {
		this.stop = false;
		Waiter[] all = new Waiter[depth];
		Thread[] threads = new Thread[depth];
		long start = System.nanoTime();
		for (int i = 0; i < depth; i++) {
			all[i] = new Waiter(i);
			threads[i] = Thread.startVirtualThread(all[i]);
		}
		TimeUnit.MILLISECONDS.sleep(millis);
		this.stop = true;
		for (Thread thread : threads) {
			thread.join();
		}
		long nanos = System.nanoTime() - start;
		long count = 0;
		for (Waiter waiter : all) {
			count += waiter.count;
		}
		return count * 1e9 / nanos;
	}

	private static double rate(Resubmitter[] all, long start) {
		long nanos = System.nanoTime() - start;
		long count = 0;
		for (Resubmitter resubmitter : all) {
			count += resubmitter.count;
		}
		return count * 1e9 / nanos;
	}

	/** Submits itself again from the ring's thread. */
	private final class Resubmitter implements IoListener {

		private final IoOperation operation = new IoOperation(this);

		private final SplittableRandom random;

		private final int slot;

		private final CountDownLatch drained;

		private long count;

		Resubmitter(int slot, CountDownLatch drained) {
			this.slot = slot;
			this.random = new SplittableRandom(slot);
			this.drained = drained;
		}

		void submit() {
			prepare(this.operation, this.slot, this.random);
			if (!EngineLoad.this.engine.submit(this.operation)) {
				throw new IllegalStateException("refused");
			}
		}

		@Override
		public void answered(IoOperation done) {
			check(done);
		}

		@Override
		public void released(IoOperation done) {
			this.count++;
			if (EngineLoad.this.stop) {
				this.drained.countDown();
			}
			else {
				submit();
			}
		}

	}

	/** One thread that keeps the depth. */
	private final class OtherThread implements IoListener {

		private final SpscArrayQueue<IoOperation> done;

		private final IoOperation[] operations;

		private volatile @Nullable Thread parked;

		OtherThread(int depth) {
			this.done = new SpscArrayQueue<>(Math.max(2, depth));
			this.operations = new IoOperation[depth];
		}

		double run(long millis) {
			SplittableRandom random = new SplittableRandom(7);
			int depth = this.operations.length;
			long start = System.nanoTime();
			long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
			for (int i = 0; i < depth; i++) {
				this.operations[i] = new IoOperation(this);
				submit(this.operations[i], i, random);
			}
			long count = 0;
			int inFlight = depth;
			while (inFlight > 0) {
				IoOperation operation = take();
				check(operation);
				count++;
				if (System.nanoTime() < end) {
					submit(operation, (int) (count % depth), random);
				}
				else {
					inFlight--;
				}
			}
			return count * 1e9 / (System.nanoTime() - start);
		}

		private void submit(IoOperation operation, int slot, SplittableRandom random) {
			prepare(operation, slot, random);
			if (!EngineLoad.this.engine.submit(operation)) {
				throw new IllegalStateException("refused");
			}
		}

		@SuppressWarnings("ThreadPriorityCheck")
		private IoOperation take() {
			IoOperation operation = this.done.poll();
			for (int i = 0; operation == null && i < YIELDS; i++) {
				Thread.yield();
				operation = this.done.poll();
			}
			while (operation == null) {
				this.parked = Thread.currentThread();
				operation = this.done.poll();
				if (operation == null) {
					LockSupport.park(this);
				}
				this.parked = null;
				if (operation == null) {
					operation = this.done.poll();
				}
			}
			return operation;
		}

		@Override
		public void answered(IoOperation operation) {
			check(operation);
		}

		@Override
		public void released(IoOperation operation) {
			this.done.offer(operation);
			// The offer is an ordered store: without the fence the thread could be
			// missed.
			VarHandle.fullFence();
			Thread thread = this.parked;
			if (thread != null) {
				LockSupport.unpark(thread);
			}
		}

	}

	/** One virtual thread. */
	private final class Waiter implements Runnable {

		private final int slot;

		private long count;

		Waiter(int slot) {
			this.slot = slot;
		}

		@Override
		public void run() {
			SplittableRandom random = new SplittableRandom(this.slot);
			SyncIo io = new SyncIo(EngineLoad.this.engine);
			while (!EngineLoad.this.stop) {
				prepare(io.operation(), this.slot, random);
				try {
					io.run();
				}
				catch (IoFailedException ex) {
					throw new IllegalStateException(ex);
				}
				this.count++;
			}
		}

	}

}
