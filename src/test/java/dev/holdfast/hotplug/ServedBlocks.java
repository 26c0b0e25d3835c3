package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.volume.VolumeKey;

/**
 * Those of a service in this process.
 */
record ServedBlocks(BlockService service) implements Blocks {

	@Override
	public void write(VolumeKey volume, long offset, ByteBuffer bytes, boolean fua) throws IOException {
		this.service.write(volume, offset, bytes.remaining(), new TransferOptions(fua, Long.MAX_VALUE), (into) -> {
			if (!bytes.hasRemaining()) {
				return -1;
			}
			int length = Math.min(bytes.remaining(), into.remaining());
			into.put(bytes.slice(bytes.position(), length));
			bytes.position(bytes.position() + length);
			return length;
		});
	}

	@Override
	public void zero(VolumeKey volume, long offset, long length) {
		this.service.zero(volume, offset, length, TransferOptions.DEFAULT);
	}

	@Override
	public void flush(VolumeKey volume) {
		this.service.flush(volume, TransferOptions.DEFAULT);
	}

	@Override
	public ByteBuffer read(VolumeKey volume, long offset, int length) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		this.service.read(volume, offset, length, TransferOptions.DEFAULT, bytes::put);
		return bytes.flip();
	}

}
