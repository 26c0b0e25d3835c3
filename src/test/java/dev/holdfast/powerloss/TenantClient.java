package dev.holdfast.powerloss;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

import dev.holdfast.block.BatchOperation;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Geometry;
import dev.holdfast.volume.Creation;
import dev.holdfast.volume.ScrubProgress;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import dev.holdfast.volume.VolumeSpec;

/**
 * A tenant that does one thing after the other with its volumes and remembers what it was
 * answered, over all restarts. Checks that nothing of it is lost and that it never sees
 * anything else.
 */
final class TenantClient {

	private static final int NAMES = 3;

	private static final long LARGEST = 4 * Geometry.EXTENT_SIZE;

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

	VolumeKey anyKey(Random any) {
		return new VolumeKey(this.tenant, "volume-" + any.nextInt(NAMES));
	}

	TenantVolumes volumes() {
		return this.volumes;
	}

	/**
	 * Does something, waiting for the answer.
	 * @param calm whether to leave the volumes as they are: each commit of the label
	 * flushes the device, which hides what else is not flushed
	 */
	void act(Life life, boolean calm) throws IOException {
		String name = "volume-" + this.random.nextInt(NAMES);
		VolumeKey key = new VolumeKey(this.tenant, name);
		ExpectedVolume volume = this.volumes.find(name);
		if (volume == null) {
			if (!calm) {
				create(life, key);
			}
			return;
		}
		TenantVolumes.Sight sight;
		try {
			sight = this.volumes.look(life.stack(), key);
		}
		catch (ProblemException ex) {
			life.requireExcusable(ex);
			return;
		}
		switch (sight) {
			case SERVING -> use(life, key, calm);
			case DELETING -> delete(life, key, sight);
			case AWAY -> {
				if (calm || this.random.nextInt(3) > 0) {
					requireRefused(life, key);
				}
				else {
					delete(life, key, sight);
				}
			}
			case GONE -> {
			}
		}
	}

	private void use(Life life, VolumeKey key, boolean calm) throws IOException {
		ExpectedVolume volume = expected(key);
		int choice = this.random.nextInt(calm ? 15 : 24);
		if (choice < 6) {
			write(life, key, volume, false);
		}
		else if (choice < 9) {
			write(life, key, volume, true);
		}
		else if (choice < 11) {
			boolean batch = this.random.nextBoolean();
			BatchOperation flush = new BatchOperation(BatchOperation.Kind.FLUSH, 0, 0, null, 0, false);
			if (succeeds(life, batch ? () -> life.stack().batch(key, flush) : () -> life.stack().flush(key))) {
				volume.settle();
			}
		}
		else if (choice < 13) {
			HotSpots.Range range = HotSpots.any(volume.size(), this.random);
			succeeds(life, () -> volume.check("read of " + key, range.offset(),
					life.stack().read(key, range.offset(), range.length()), false));
		}
		else if (choice < 15) {
			clear(life, key, volume);
		}
		else if (choice < 20) {
			grow(life, key, volume);
		}
		else {
			delete(life, key, TenantVolumes.Sight.SERVING);
		}
	}

	private ExpectedVolume expected(VolumeKey key) {
		ExpectedVolume volume = this.volumes.find(key.name());
		if (volume == null) {
			throw new IllegalStateException("nobody expects " + key);
		}
		return volume;
	}

	private static void requireRefused(Life life, VolumeKey key) {
		try {
			life.stack().flush(key);
			throw new Violation("%s was flushed without one of its devices".formatted(key));
		}
		catch (ProblemException ex) {
			if (ex.problem() != Problem.DEVICE_LOST) {
				throw ex;
			}
		}
	}

	private void create(Life life, VolumeKey key) throws IOException {
		VolumeSpec spec = Wishes.volume(life.stack(), this.random);
		Integer blockSize = spec.blockSize();
		ExpectedVolume volume = new ExpectedVolume(spec.sizeBytes(), (blockSize != null) ? blockSize : 4096);
		this.volumes.put(key.name(), volume);
		try {
			Creation creation = life.stack().volumes().create(key, spec);
			volume.live(creation.volume().uuid());
			life.saw(Wishes.kind(creation.volume()));
			if (!creation.created()) {
				this.volumes.remove(key.name());
				this.volumes.appears(life.stack(), creation.volume());
			}
		}
		catch (ProblemException ex) {
			switch (ex.problem()) {
				case NO_SPACE, NOT_SUPPORTED -> this.volumes.remove(key.name());
				case ALREADY_EXISTS -> {
					life.saw("a name taken by an unanswered creation");
					// It has come with a device.
					this.volumes.remove(key.name());
					this.volumes.appears(life.stack(), life.stack().volumes().find(key).orElseThrow());
				}
				default -> {
					life.requireExcusable(ex);
					this.volumes.leaveOpen(key.name());
				}
			}
		}
	}

	private void write(Life life, VolumeKey key, ExpectedVolume volume, boolean fua) throws IOException {
		HotSpots.Range range = HotSpots.any(volume.size(), this.random);
		byte[] bytes = volume.write(range.offset(), range.length(), this.stamps.getAsLong());
		if (!succeeds(life, () -> life.stack().write(key, range.offset(), bytes, fua))) {
			volume.doubt(range.offset(), range.length());
		}
		else if (fua) {
			volume.settle(range.offset(), range.length());
		}
	}

	private void clear(Life life, VolumeKey key, ExpectedVolume volume) throws IOException {
		HotSpots.Range range = HotSpots.any(volume.size(), this.random);
		volume.zero(range.offset(), range.length());
		if (this.random.nextInt(3) == 0) {
			volume.doubt(range.offset(), range.length());
			succeeds(life, () -> life.stack().discard(key, range.offset(), range.length()));
			return;
		}
		boolean fua = this.random.nextBoolean();
		boolean batch = (range.offset() | range.length()) % volume.blockSize() == 0 && this.random.nextBoolean();
		BatchOperation zero = new BatchOperation(BatchOperation.Kind.ZERO, range.offset(), range.length(), null, 0,
				fua);
		if (!succeeds(life, batch ? () -> life.stack().batch(key, zero)
				: () -> life.stack().zero(key, range.offset(), range.length(), fua))) {
			volume.doubt(range.offset(), range.length());
		}
		else if (fua) {
			volume.settle(range.offset(), range.length());
		}
	}

	/**
	 * Perhaps writes meanwhile.
	 */
	private void grow(Life life, VolumeKey key, ExpectedVolume volume) throws IOException {
		long to = volume.size() + HotSpots.size(this.random);
		if (to > LARGEST && volume.size() > Geometry.EXTENT_SIZE) {
			to = volume.size() + volume.blockSize() * (1L + this.random.nextInt(4));
		}
		long larger = to;
		volume.growing(larger);
		CompletableFuture<Boolean> growth = new CompletableFuture<>();
		life.start("growth", () -> {
			boolean grown = false;
			try {
				Volume before = life.stack().volumes().find(key).orElseThrow();
				Volume after = life.stack().volumes().grow(key, larger, ScrubProgress.NONE);
				grown = true;
				life.saw("growth of " + Wishes.kind(before));
				if (!before.devices().equals(after.devices())) {
					life.saw("growth to another device");
				}
			}
			catch (ProblemException ex) {
				if (ex.problem() != Problem.NO_SPACE) {
					life.requireExcusable(ex);
				}
			}
			finally {
				growth.complete(grown);
			}
		});
		try {
			while (this.random.nextInt(3) > 0) {
				write(life, key, volume, this.random.nextInt(4) == 0);
			}
		}
		finally {
			if (growth.join()) {
				volume.grown(larger);
			}
		}
	}

	private void delete(Life life, VolumeKey key, TenantVolumes.Sight sight) throws IOException {
		ExpectedVolume volume = expected(key);
		boolean surely = volume.phase() == ExpectedVolume.Phase.LIVE;
		if (volume.phase() == ExpectedVolume.Phase.CREATING) {
			// Whatever it is, it has to go.
			volume.live(life.stack().volumes().find(key).orElseThrow().uuid());
		}
		volume.in(ExpectedVolume.Phase.DELETING);
		try {
			life.stack().delete(key);
			this.volumes.deleted(key.name());
			life.saw("deletion of " + sight);
		}
		catch (ProblemException ex) {
			if (ex.problem() != Problem.NOT_FOUND || surely) {
				life.requireExcusable(ex);
			}
		}
	}

	private static boolean succeeds(Life life, BlockIo task) throws IOException {
		try {
			task.run();
			return true;
		}
		catch (ProblemException ex) {
			life.requireExcusable(ex);
			return false;
		}
	}

	/**
	 * Something done with the bytes of a volume.
	 */
	@FunctionalInterface
	private interface BlockIo {

		void run() throws IOException;

	}

}
