package dev.holdfast.volume;

import java.util.function.Consumer;

import dev.holdfast.engine.IoFailedException;

/**
 * The background scrub of one device, a step at a time.
 */
public final class ScrubSteps {

	private final DeviceSpace space;

	private final BackgroundScrub scrub;

	private ScrubSteps(DeviceSpace space) {
		this.space = space;
		this.scrub = new BackgroundScrub(space);
	}

	/**
	 * Whom to tell when extents have become dirty.
	 */
	public static void whenDirty(Volumes volumes, Consumer<ScrubSteps> listener) {
		volumes.whenDirty((space) -> listener.accept(new ScrubSteps(space)));
	}

	public String device() {
		return this.space.device().name();
	}

	/**
	 * Zeroes some.
	 * @return {@code false} if there were none
	 */
	public boolean step(int extents) throws IoFailedException {
		return this.scrub.step(extents);
	}

	public boolean isDirty() {
		return this.space.usage().dirty() > 0;
	}

}
