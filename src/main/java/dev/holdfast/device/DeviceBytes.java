package dev.holdfast.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.IoFailedException;
import dev.holdfast.engine.SyncIo;

/**
 * Reads and writes whole blocks of a device through a small buffer of its own, waiting
 * for each. For the label and for checks, not for tenants' data. One thread at a time.
 */
public final class DeviceBytes {

	private final SyncIo io;

	private final Supplier<IoDevice> device;

	private final IoBuffer buffer;

	private final long base;

	private final int room;

	/**
	 * Uses a part of a buffer.
	 * @param engine that serves the device
	 * @param device where the bytes are, at each moment
	 * @param buffer memory
	 * @param base where in it the part begins, a multiple of the block size
	 * @param room size of the part, a multiple of the block size
	 */
	DeviceBytes(IoEngine engine, Supplier<IoDevice> device, IoBuffer buffer, long base, int room) {
		this.io = new SyncIo(engine);
		this.device = device;
		this.buffer = buffer;
		this.base = base;
		this.room = room;
	}

	/**
	 * Reads.
	 * @param offset on the device, a multiple of the block size
	 * @param length in bytes, a multiple of the block size
	 * @return the bytes
	 * @throws IoFailedException if the device says so
	 */
	public byte[] read(long offset, int length) throws IoFailedException {
		byte[] bytes = new byte[length];
		MemorySegment memory = this.buffer.memory();
		int piece;
		for (int done = 0; done < length; done += piece) {
			piece = Math.min(length - done, this.room);
			this.io.operation().read(this.device.get(), offset + done, this.buffer, this.base, piece);
			this.io.run();
			MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, this.base, bytes, done, piece);
		}
		return bytes;
	}

	/**
	 * Writes. Durable only after {@link #flush()}.
	 * @param offset on the device, a multiple of the block size
	 * @param bytes whose number is a multiple of the block size
	 * @throws IoFailedException if the device says so
	 */
	public void write(long offset, byte[] bytes) throws IoFailedException {
		MemorySegment memory = this.buffer.memory();
		int piece;
		for (int done = 0; done < bytes.length; done += piece) {
			piece = Math.min(bytes.length - done, this.room);
			MemorySegment.copy(bytes, done, memory, ValueLayout.JAVA_BYTE, this.base, piece);
			this.io.operation().write(this.device.get(), offset + done, this.buffer, this.base, piece, false);
			this.io.run();
		}
	}

	/**
	 * Makes a range read as zeroes.
	 * @param offset on the device, a multiple of the block size
	 * @param length in bytes, a multiple of the block size
	 * @throws IoFailedException if the device says so
	 */
	public void zero(long offset, long length) throws IoFailedException {
		this.io.operation().zero(this.device.get(), offset, length);
		this.io.run();
	}

	/**
	 * Makes all that was written before durable.
	 * @throws IoFailedException if the device says so
	 */
	public void flush() throws IoFailedException {
		this.io.operation().flush(this.device.get());
		this.io.run();
	}

}
