package dev.holdfast.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

import dev.holdfast.buffer.Staging;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.Device;
import dev.holdfast.device.Rig;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.mapping.Routes;
import dev.holdfast.volume.Fences;
import dev.holdfast.volume.Leases;
import dev.holdfast.volume.MemoryIndex;
import dev.holdfast.volume.MemoryLeases;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.Volumes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything under a {@link BlockService}, on a file. Closing it checks that nothing has
 * leaked.
 */
final class BlockRig implements AutoCloseable {

	static final TransferOptions DEFAULT = TransferOptions.DEFAULT;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Rig rig;

	final Device device;

	final Fences fences = MemoryLeases.fences();

	final Volumes volumes;

	final Leases leases;

	final StagingPool pool;

	final BlockService blocks;

	BlockRig(Rig.Kind kind, Path file, UnaryOperator<IoEngine> around) throws IOException {
		this(kind, file, around, 64 << 20);
	}

	/**
	 * One with so much staging memory. With much of it, streams move in pieces of 1 MiB.
	 */
	BlockRig(Rig.Kind kind, Path file, UnaryOperator<IoEngine> around, long staging) throws IOException {
		this.rig = Rig.open(kind, around);
		this.device = this.rig.attach(file);
		this.volumes = new MemoryIndex().open(this.fences, PATIENCE, this.device);
		this.leases = new Leases(this.volumes, this.fences, PATIENCE);
		this.pool = Staging.open(this.rig.engine(), staging, Duration.ofSeconds(10));
		this.blocks = new BlockService(this.rig.engine(), this.volumes, this.pool, Routes.unmapped(this.pool.buffer()),
				Rates.NONE);
	}

	BlockRig(Rig.Kind kind, Path file) throws IOException {
		this(kind, file, UnaryOperator.identity());
	}

	byte[] read(VolumeKey key, long offset, int length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		Transfer transfer = this.blocks.read(key, offset, length, DEFAULT, bytes::put);
		assertThat(transfer.bytes()).isEqualTo(length);
		assertThat(bytes.hasRemaining()).isFalse();
		return bytes.array();
	}

	Transfer write(VolumeKey key, long offset, byte[] bytes) throws IOException {
		return this.blocks.write(key, offset, bytes.length, DEFAULT, source(bytes, bytes.length));
	}

	/**
	 * Gives bytes in portions.
	 */
	static ByteSource source(byte[] bytes, int portion) {
		ByteBuffer rest = ByteBuffer.wrap(bytes);
		return (into) -> {
			if (!rest.hasRemaining()) {
				return -1;
			}
			int length = Math.min(Math.min(portion, rest.remaining()), into.remaining());
			into.put(rest.slice(rest.position(), length));
			rest.position(rest.position() + length);
			return length;
		};
	}

	void assertNothingHeld(VolumeKey key) {
		assertThat(this.pool.usedRatio()).as("memory").isZero();
		assertThat(this.device.io().inFlight()).as("operations").isZero();
		// Deleting waits for pins.
		this.volumes.delete(key);
	}

	@Override
	public void close() throws IOException {
		assertThat(this.pool.usedRatio()).isZero();
		this.pool.close();
		this.rig.close();
	}

}
