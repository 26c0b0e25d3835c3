package dev.holdfast.powerloss;

import java.util.List;
import java.util.UUID;

import dev.holdfast.volume.VolumeIndex;

/**
 * What is remembered of volumes, as long as there is power: the power may go before,
 * after or during each change of it, and nothing changes once it has gone.
 */
final class PoweredIndex implements VolumeIndex {

	private final VolumeIndex index;

	private final PowerLossEngine engine;

	PoweredIndex(VolumeIndex index, PowerLossEngine engine) {
		this.index = index;
		this.engine = engine;
	}

	@Override
	public List<Entry> load() {
		return this.index.load();
	}

	@Override
	public void put(List<Entry> entries) {
		change(() -> this.index.put(entries));
	}

	@Override
	public void remove(UUID volume) {
		change(() -> this.index.remove(volume));
	}

	private void change(Runnable durably) {
		// Others get their turn, as while a database writes.
		SeededThreads.pause();
		this.engine.store(durably);
		SeededThreads.pause();
	}

}
