package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import dev.holdfast.engine.DeviceLimits;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.uring.sys.Posix;

/**
 * Attaches drives that only an engine knows, through the code that attaches any: what is
 * open is a file that stands in for all of them, and that nothing reads or writes. So a
 * drive may have blocks of 512 bytes, which a file has not, and its content is as empty
 * or used as the test says.
 */
public final class StandIn {

	/** Nothing of what others leave on drives is in there. */
	private static final Signatures NONE = Signatures.load("no-such-library");

	private final Path file;

	private final DeviceAttacher attacher;

	/**
	 * For one engine, from its start to its end.
	 */
	public StandIn(IoEngine engine, Path file) {
		this.file = file;
		this.attacher = new DeviceAttacher(engine, DeviceLimits.DEFAULT, Rig.INSTALLATION, HoldLimits.DEFAULT,
				MemoryLosses.none(), Duration.ZERO, NONE);
	}

	/**
	 * Attaches a drive by its name.
	 * @param zero whether all of it is known to be zero, if it has no label yet
	 */
	public Device attach(String name, int blockSize, long size, boolean zero, LabelReview review) throws IOException {
		int descriptor = Posix.open(this.file, Posix.O_RDWR);
		return this.attacher.attach(AttachRequest.of(name, this.file), review,
				new BlockFile(this.file, descriptor, !zero, blockSize, size), zero);
	}

}
