package dev.holdfast.volume;

/**
 * Who follows what becomes of volumes. On the thread of the change, which waits: must be
 * quick and must not throw.
 */
public interface VolumeListener {

	/**
	 * A volume is there, or something of it is different: its state, its size, the
	 * devices under it.
	 */
	default void changed(VolumeHandle volume) {
	}

	/**
	 * A volume is gone.
	 */
	void ended(VolumeHandle volume);

}
