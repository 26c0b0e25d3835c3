package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.RingSyscalls;

/** The running kernel, with a record of what it was asked to register. */
final class RecordingSyscalls implements RingSyscalls {

	private final RingSyscalls kernel = new LinuxRingSyscalls();

	private final Set<Integer> registerOpcodes = new ConcurrentSkipListSet<>();

	private final Set<Integer> open = new ConcurrentSkipListSet<>();

	private final Set<Long> mapped = new ConcurrentSkipListSet<>();

	Set<Integer> registerOpcodes() {
		return this.registerOpcodes;
	}

	/** Descriptors and maps that were not given back. */
	int left() {
		return this.open.size() + this.mapped.size();
	}

	@Override
	public int setup(int entries, MemorySegment params) {
		int ring = this.kernel.setup(entries, params);
		if (ring >= 0) {
			this.open.add(ring);
		}
		return ring;
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags) {
		return this.kernel.enter(ring, toSubmit, minComplete, flags);
	}

	@Override
	public int enter(int ring, int toSubmit, int minComplete, int flags, long timeoutNanos) {
		return this.kernel.enter(ring, toSubmit, minComplete, flags, timeoutNanos);
	}

	@Override
	public int register(int ring, int opcode, MemorySegment argument, int count) {
		this.registerOpcodes.add(opcode);
		return this.kernel.register(ring, opcode, argument, count);
	}

	@Override
	public MemorySegment map(int ring, long offset, long size) throws ErrnoException {
		MemorySegment memory = this.kernel.map(ring, offset, size);
		this.mapped.add(memory.address());
		return memory;
	}

	@Override
	public void unmap(MemorySegment memory) {
		this.mapped.remove(memory.address());
		this.kernel.unmap(memory);
	}

	@Override
	public void close(int ring) {
		this.open.remove(ring);
		this.kernel.close(ring);
	}

}
