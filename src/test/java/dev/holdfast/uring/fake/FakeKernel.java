package dev.holdfast.uring.fake;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Opcode;
import dev.holdfast.uring.sys.RegisterOpcode;
import dev.holdfast.uring.sys.RingAbi;
import dev.holdfast.uring.sys.RingSyscalls;
import org.jspecify.annotations.Nullable;

/**
 * A kernel whose rings do what the test says. Without a script, I/O stays in flight until
 * {@link FakeRing#complete}. Time-outs and eventfds are real, waits are waits. One lock
 * guards everything.
 */
public final class FakeKernel implements RingSyscalls {

	/** I/O succeeds at once and in full. */
	public static final IoScript SUCCEED = (ring, entry) -> switch (entry.opcode()) {
		case Opcode.READ, Opcode.WRITE, Opcode.READ_FIXED, Opcode.WRITE_FIXED -> entry.length();
		default -> 0;
	};

	private static final int FIRST_DESCRIPTOR = 1_000_000;

	private static final int OPERATIONS = 64;

	final ReentrantLock lock = new ReentrantLock();

	final Condition changed = this.lock.newCondition();

	private final Map<Integer, FakeRing> rings = new HashMap<>();

	private final List<FakeRing> opened = new ArrayList<>();

	private final Map<Long, FakeRing> mappings = new HashMap<>();

	private int refusedFlags;

	private int setupError;

	private int firstIndex;

	private int features = RingAbi.FEAT_SINGLE_MMAP | RingAbi.FEAT_NODROP;

	private int mapsLeft = Integer.MAX_VALUE;

	private int updateOfDescriptions = -Errno.EINVAL;

	private RegisterScript registerScript = (call) -> null;

	private IoScript ioScript = (ring, entry) -> null;

	/** Says how an entry ends. */
	public interface IoScript {

		/**
		 * Called when the kernel takes an entry.
		 * @return its result, or {@code null} if it stays in flight
		 */
		@Nullable Integer answer(FakeRing ring, Entry entry);

	}

	/** Says how a register call ends. */
	public interface RegisterScript {

		/**
		 * Called before the kernel does it.
		 * @return the result, in which case nothing is done; {@code null} to go on
		 */
		@Nullable Integer answer(RegisterCall call);

	}

	/**
	 * A call of {@code io_uring_register}.
	 *
	 * @param ring that it is for
	 * @param opcode one of {@link RegisterOpcode}
	 * @param slot first slot of an update or clone, else 0
	 * @param clears whether it empties the slot
	 */
	public record RegisterCall(FakeRing ring, int opcode, int slot, boolean clears) {

	}

	/** From now on, {@code EINVAL} for a set-up with any of these flags. */
	public FakeKernel refuseFlags(int flags) {
		this.refusedFlags = flags;
		return this;
	}

	public FakeKernel refuseSetup(int errno) {
		this.setupError = errno;
		return this;
	}

	/** Where heads and tails of new rings begin. */
	public FakeKernel firstIndex(int index) {
		this.firstIndex = index;
		return this;
	}

	public FakeKernel features(int bits) {
		this.features = bits;
		return this;
	}

	/** What it says to updates with {@code struct io_uring_regbuf_desc}. */
	public FakeKernel answerDescriptions(int result) {
		this.updateOfDescriptions = result;
		return this;
	}

	/** Lets so many maps succeed. */
	public FakeKernel refuseMapsAfter(int count) {
		this.mapsLeft = count;
		return this;
	}

	public FakeKernel onRegister(RegisterScript script) {
		this.lock.lock();
		try {
			this.registerScript = script;
			return this;
		}
		finally {
			this.lock.unlock();
		}
	}

	public FakeKernel onIo(IoScript script) {
		this.lock.lock();
		try {
			this.ioScript = script;
			return this;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** A kernel before 6.13. */
	public FakeKernel withoutClones() {
		return onRegister((call) -> (call.opcode() == RegisterOpcode.CLONE_BUFFERS) ? -Errno.EINVAL : null);
	}

	/** Rings that are open, in the order of their set-up. */
	public List<FakeRing> rings() {
		this.lock.lock();
		try {
			return List.copyOf(this.opened);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Maps that were not given back. */
	public int mapped() {
		this.lock.lock();
		try {
			return this.mappings.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int setup(int entries, MemorySegment params) {
		this.lock.lock();
		try {
			int flags = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_FLAGS);
			if (this.setupError != 0) {
				return -this.setupError;
			}
			boolean alone = (flags & RingAbi.SETUP_DEFER_TASKRUN) != 0 && (flags & RingAbi.SETUP_SINGLE_ISSUER) == 0;
			if ((flags & this.refusedFlags) != 0 || alone) {
				return -Errno.EINVAL;
			}
			int asked = params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_CQ_ENTRIES);
			int completions = ((flags & RingAbi.SETUP_CQSIZE) != 0) ? asked : 2 * entries;
			if (completions < entries) {
				return -Errno.EINVAL;
			}
			FakeRing ring = new FakeRing(this, FIRST_DESCRIPTOR + this.rings.size(), flags, entries, completions,
					this.firstIndex);
			params.set(ValueLayout.JAVA_INT, RingAbi.PARAMS_FEATURES, this.features);
			ring.describe(params);
			this.rings.put(ring.descriptor(), ring);
			this.opened.add(ring);
			return ring.descriptor();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags) {
		return enter(ring, toSubmit, minComplete, flags, Long.MAX_VALUE);
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags, long timeoutNanos) {
		this.lock.lock();
		try {
			return ring(ring).enter(toSubmit, minComplete, flags, timeoutNanos);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public int register(int ring, int opcode, MemorySegment argument, int count) {
		this.lock.lock();
		try {
			FakeRing target = ring(ring);
			if (opcode == RegisterOpcode.BUFFERS_UPDATE && argument.get(ValueLayout.JAVA_INT, 4) != 0) {
				return this.updateOfDescriptions;
			}
			return switch (opcode) {
				case RegisterOpcode.PROBE -> probe(argument);
				case RegisterOpcode.FILES2, RegisterOpcode.BUFFERS2 -> answerOr(
						new RegisterCall(target, opcode, 0, false), () -> target.tables().create(opcode, argument));
				case RegisterOpcode.FILES_UPDATE2, RegisterOpcode.BUFFERS_UPDATE ->
					answerOr(FakeTables.describeUpdate(target, opcode, argument),
							() -> target.tables().update(opcode, argument));
				case RegisterOpcode.CLONE_BUFFERS ->
					answerOr(new RegisterCall(target, opcode, argument.get(ValueLayout.JAVA_INT, 8), false),
							() -> target.tables()
								.cloneFrom(ring(argument.get(ValueLayout.JAVA_INT, 0)).tables(), argument));
				default -> throw new AssertionError("register opcode " + opcode + " is not the fake kernel's");
			};
		}
		finally {
			this.lock.unlock();
		}
	}

	private int answerOr(RegisterCall call, IntSupplier action) {
		if (!call.ring().mayTouch()) {
			return -Errno.EEXIST;
		}
		Integer scripted = this.registerScript.answer(call);
		int result = (scripted != null) ? scripted : action.getAsInt();
		this.changed.signalAll();
		return result;
	}

	private static int probe(MemorySegment probe) {
		probe.set(ValueLayout.JAVA_BYTE, 0, (byte) (OPERATIONS - 1));
		probe.set(ValueLayout.JAVA_BYTE, 1, (byte) OPERATIONS);
		for (int i = 0; i < OPERATIONS; i++) {
			probe.set(ValueLayout.JAVA_BYTE, 16 + i * 8L, (byte) i);
			probe.set(ValueLayout.JAVA_SHORT, 16 + i * 8L + 2, (short) RingAbi.OP_SUPPORTED);
		}
		return 0;
	}

	@Override
	public MemorySegment map(int ring, long offset, long size) throws ErrnoException {
		this.lock.lock();
		try {
			if (this.mapsLeft-- <= 0) {
				throw new ErrnoException("mmap of a ring", Errno.ENOMEM);
			}
			MemorySegment memory = ring(ring).map(offset, size);
			this.mappings.put(memory.address(), ring(ring));
			return memory;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void unmap(MemorySegment memory) {
		this.lock.lock();
		try {
			FakeRing ring = this.mappings.remove(memory.address());
			if (ring == null) {
				throw new AssertionError("unmapped what was not mapped");
			}
			ring.unmap(memory);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close(int ring) {
		this.lock.lock();
		try {
			this.opened.remove(ring(ring));
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Nullable Integer answer(FakeRing ring, Entry entry) {
		return this.ioScript.answer(ring, entry);
	}

	private FakeRing ring(int descriptor) {
		FakeRing ring = this.rings.get(descriptor);
		if (ring == null || !this.opened.contains(ring)) {
			throw new AssertionError("no ring " + descriptor);
		}
		return ring;
	}

}
