package dev.holdfast.powerloss;

import java.io.IOException;
import java.util.Random;
import java.util.function.LongSupplier;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;

/**
 * A tenant that does one thing after the other with its volumes and remembers what it was
 * answered, over all restarts. Checks that nothing of it is lost and that it never sees
 * anything else.
 */
final class TenantClient {

	private static final int NAMES = 6;

	private final String tenant;

	private final Random random;

	private final LongSupplier stamps;

	private final TenantVolumes volumes;

	/**
	 * A tenant without volumes.
	 * @param stamps numbers for writes; nobody else gets the same
	 */
	TenantClient(String tenant, Random random, LongSupplier stamps) {
		this.tenant = tenant;
		this.volumes = new TenantVolumes(tenant);
		this.random = random;
		this.stamps = stamps;
	}

	/**
	 * Does something, waiting for the answer.
	 * @param calm whether to leave the volumes as they are: each commit of the label
	 * flushes the device, which hides what else is not flushed
	 */
	void act(Stack stack, boolean calm) throws IOException {
		String name = "volume-" + this.random.nextInt(NAMES);
		VolumeKey key = new VolumeKey(this.tenant, name);
		ExpectedVolume volume = this.volumes.find(name);
		int choice = this.random.nextInt(calm ? 16 : 20);
		if (volume == null) {
			if (!calm) {
				create(stack, key);
			}
		}
		else if (choice < 8) {
			write(stack, key, volume, false);
		}
		else if (choice < 12) {
			write(stack, key, volume, true);
		}
		else if (choice < 14) {
			stack.flush(key);
			volume.settle();
		}
		else if (choice < 16) {
			HotSpots.Range range = HotSpots.any(volume.size(), this.random);
			volume.check("read of " + key, range.offset(), stack.read(key, range.offset(), range.length()), false);
		}
		else {
			volume.in(ExpectedVolume.Phase.DELETING);
			stack.volumes().delete(key);
			this.volumes.remove(name);
		}
	}

	private void create(Stack stack, VolumeKey key) {
		ExpectedVolume volume = new ExpectedVolume(HotSpots.size(this.random));
		this.volumes.put(key.name(), volume);
		try {
			stack.volumes().create(key, VolumeSpec.ofSize(volume.size()));
			volume.in(ExpectedVolume.Phase.LIVE);
		}
		catch (ProblemException ex) {
			if (ex.problem() != Problem.NO_SPACE) {
				throw ex;
			}
			this.volumes.remove(key.name());
		}
	}

	private void write(Stack stack, VolumeKey key, ExpectedVolume volume, boolean fua) throws IOException {
		HotSpots.Range range = HotSpots.any(volume.size(), this.random);
		byte[] bytes = volume.write(range.offset(), range.length(), this.stamps.getAsLong());
		stack.write(key, range.offset(), bytes, fua);
		if (fua) {
			volume.settle(range.offset(), range.length());
		}
	}

	TenantVolumes volumes() {
		return this.volumes;
	}

}
