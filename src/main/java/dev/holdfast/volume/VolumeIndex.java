package dev.holdfast.volume;

import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Every volume ever seen here, for as long as its devices are away: the labels decide
 * about extents, the index about names. What is answered is durable.
 */
public interface VolumeIndex {

	/**
	 * All there are.
	 */
	List<Entry> load();

	/**
	 * Adds volumes, or says something else of them.
	 */
	void put(List<Entry> entries);

	/**
	 * Forgets a volume.
	 */
	void remove(UUID volume);

	/**
	 * What is remembered of a volume.
	 *
	 * @param volume as it was last
	 * @param declared as what it was asked for, or {@code null} if it came with a device
	 * @param deleted whether it was deleted while a device that has a part of it was
	 * away: that part goes when the device returns
	 */
	record Entry(Volume volume, @Nullable VolumeSpec declared, boolean deleted) {

	}

}
