package dev.holdfast.powerloss;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.buffer.StagingPool;
import dev.holdfast.device.AttachRequest;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceAttacher;
import dev.holdfast.device.LabelReview;
import dev.holdfast.device.Rig;
import dev.holdfast.device.Segment;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.volume.MemoryIndex;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.Volumes;

/**
 * The storage layers on one device, from one start to the end of the power.
 */
final class Stack implements AutoCloseable {

	private final Device device;

	private final Volumes volumes;

	private final BlockService blocks;

	Stack(IoEngine engine, Path file, StagingPool pool) throws IOException {
		this.device = new DeviceAttacher(engine, DeviceLimits.DEFAULT, Rig.INSTALLATION)
			.attach(AttachRequest.of("drive", file), LabelReview.NONE);
		try {
			this.volumes = MemoryIndex.volumes(this.device);
		}
		catch (RuntimeException ex) {
			this.device.close();
			throw ex;
		}
		this.blocks = new BlockService(engine, this.volumes, pool);
	}

	/**
	 * No extent belongs to two volumes.
	 */
	void checkExtents() {
		BitSet owned = new BitSet();
		for (VolumeRecord record : this.device.labels().label().content().volumes()) {
			for (Segment segment : record.segments()) {
				int end = segment.start() + segment.count();
				if (!owned.get(segment.start(), end).isEmpty() || end > this.device.geometry().extentCount()) {
					throw new Violation("extents of %s belong to another volume too".formatted(record.uuid()));
				}
				owned.set(segment.start(), end);
			}
		}
	}

	Volumes volumes() {
		return this.volumes;
	}

	void write(VolumeKey key, long offset, byte[] bytes, boolean fua) throws IOException {
		ByteBuffer rest = ByteBuffer.wrap(bytes);
		this.blocks.write(key, offset, bytes.length, new TransferOptions(fua, Long.MAX_VALUE), (into) -> {
			if (!rest.hasRemaining()) {
				return -1;
			}
			int length = Math.min(rest.remaining(), into.remaining());
			into.put(rest.slice(rest.position(), length));
			rest.position(rest.position() + length);
			return length;
		});
	}

	void flush(VolumeKey key) {
		this.blocks.flush(key, TransferOptions.DEFAULT);
	}

	byte[] read(VolumeKey key, long offset, int length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		this.blocks.read(key, offset, length, TransferOptions.DEFAULT, bytes::put);
		return bytes.array();
	}

	@Override
	public void close() throws IOException {
		this.device.close();
	}

}
