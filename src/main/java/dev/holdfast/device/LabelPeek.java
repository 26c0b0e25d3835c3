package dev.holdfast.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;

/**
 * A first look at a drive that is not attached: whose label it seems to have. Reads one
 * block, changes nothing and keeps nothing open. Whether the label is whole is seen when
 * it is attached.
 */
final class LabelPeek {

	private static final int SIZE = 4096;

	private LabelPeek() {
	}

	/**
	 * Looks.
	 * @return the device's identity; empty if there is no label or it cannot be read
	 */
	static Optional<UUID> at(Path path) {
		try (Arena arena = Arena.ofConfined()) {
			int descriptor = Posix.open(path, Posix.O_RDONLY | Posix.O_DIRECT);
			try {
				MemorySegment memory = arena.allocate(SIZE, SIZE);
				if (Posix.read(descriptor, memory.address(), SIZE, 0) != SIZE) {
					return Optional.empty();
				}
				byte[] block = memory.toArray(ValueLayout.JAVA_BYTE);
				return LabelFormat.hasMagic(block) ? Optional.of(uuid(block)) : Optional.empty();
			}
			finally {
				Posix.close(descriptor);
			}
		}
		catch (ErrnoException ex) {
			return Optional.empty();
		}
	}

	private static UUID uuid(byte[] block) {
		ByteBuffer bytes = ByteBuffer.wrap(block);
		return new UUID(bytes.getLong(LabelFormat.DEVICE_UUID), bytes.getLong(LabelFormat.DEVICE_UUID + Long.BYTES));
	}

}
