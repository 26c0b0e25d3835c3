package dev.holdfast.hotplug;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.holdfast.volume.VolumeKey;

/**
 * Where volumes are written and read, in whatever process. Each call returns once it was
 * answered; an {@link IOException} says that no answer came.
 */
interface Blocks {

	void write(VolumeKey volume, long offset, ByteBuffer bytes, boolean fua) throws IOException;

	void zero(VolumeKey volume, long offset, long length) throws IOException;

	void flush(VolumeKey volume) throws IOException;

	ByteBuffer read(VolumeKey volume, long offset, int length) throws IOException;

}
