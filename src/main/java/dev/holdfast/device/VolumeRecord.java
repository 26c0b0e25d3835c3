package dev.holdfast.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A volume as labels hold it.
 *
 * @param uuid identity
 * @param tenant owner
 * @param name inside the tenant
 * @param epoch grows with each change of the segments
 * @param sizeBytes size
 * @param blockSize in bytes
 * @param state where it is in its life
 * @param layout how segments follow each other
 * @param stripeBytes width of a stripe; 0 in linear volumes
 * @param segments all of them, those on other devices too, in the volume's order
 */
public record VolumeRecord(UUID uuid, String tenant, String name, long epoch, long sizeBytes, int blockSize,
		State state, Layout layout, int stripeBytes, List<Segment> segments) {

	public VolumeRecord {
		segments = List.copyOf(segments);
	}

	/**
	 * The same volume in another state.
	 * @param next the other state
	 * @return a new record
	 */
	public VolumeRecord in(State next) {
		return new VolumeRecord(this.uuid, this.tenant, this.name, this.epoch, this.sizeBytes, this.blockSize, next,
				this.layout, this.stripeBytes, this.segments);
	}

	/**
	 * The device that decides about the volume.
	 * @return the first segment's
	 */
	public UUID home() {
		return this.segments.getFirst().device();
	}

	/**
	 * All devices that the volume has a part on.
	 * @return each once, home first
	 */
	public List<UUID> devices() {
		return this.segments.stream().map(Segment::device).distinct().toList();
	}

	/**
	 * The same volume under another name.
	 * @param newTenant owner
	 * @param newName inside the tenant
	 * @return a new record
	 */
	public VolumeRecord named(String newTenant, String newName) {
		return new VolumeRecord(this.uuid, newTenant, newName, this.epoch, this.sizeBytes, this.blockSize, this.state,
				this.layout, this.stripeBytes, this.segments);
	}

	/**
	 * The same volume, grown.
	 * @param newSize in bytes
	 * @param more segments that come after the present ones
	 * @return a new record, of the next epoch
	 */
	public VolumeRecord grown(long newSize, List<Segment> more) {
		List<Segment> all = new ArrayList<>(this.segments);
		all.addAll(more);
		return new VolumeRecord(this.uuid, this.tenant, this.name, this.epoch + 1, newSize, this.blockSize, this.state,
				this.layout, this.stripeBytes, all);
	}

	/**
	 * The same volume with some extents elsewhere. The next epoch may be on a label that
	 * was not wholly written, of a change that came to nothing, and that label may be one
	 * that nobody can write any more.
	 * @param index of the segment that they are in
	 * @param count of them, from the segment's first
	 * @param to where they are from now on, in their order
	 * @return a new record, of the next epoch but one
	 */
	public VolumeRecord moved(int index, int count, List<Segment> to) {
		return new VolumeRecord(this.uuid, this.tenant, this.name, this.epoch + 2, this.sizeBytes, this.blockSize,
				this.state, this.layout, this.stripeBytes, MovedSegments.of(this, index, count, to));
	}

	/**
	 * The same volume again, after a change that is not to count.
	 * @param later epoch of that change
	 * @return a new record, of the epoch after that
	 */
	public VolumeRecord instead(long later) {
		return new VolumeRecord(this.uuid, this.tenant, this.name, later + 1, this.sizeBytes, this.blockSize,
				this.state, this.layout, this.stripeBytes, this.segments);
	}

	/**
	 * Extents that the volume has.
	 * @return a count
	 */
	public long extents() {
		return this.segments.stream().mapToLong(Segment::count).sum();
	}

	/**
	 * Room that the record takes on a label.
	 * @return bytes
	 */
	public int labelBytes() {
		return labelBytes(this.tenant, this.name, this.segments.size(), devices().size());
	}

	/**
	 * Room that a record takes on a label, with the entries of other devices that it
	 * names.
	 * @param tenant owner
	 * @param name of the volume
	 * @param segments how many
	 * @param devices how many
	 * @return bytes
	 */
	public static int labelBytes(String tenant, String name, int segments, int devices) {
		return LabelFormat.recordSize(tenant, name, segments) + (devices - 1) * LabelFormat.UUID_SIZE;
	}

	/**
	 * Where a volume is in its life. The code is what the label holds.
	 */
	public enum State {

		/** Not yet promised to anybody: rolled back at start. */
		CREATING(1),
		/** In use. */
		LIVE(2),
		/** No longer promised: completed at start. */
		DELETING(3);

		private final int code;

		State(int code) {
			this.code = code;
		}

		int code() {
			return this.code;
		}

		static State of(int code) throws LabelException {
			for (State state : values()) {
				if (state.code == code) {
					return state;
				}
			}
			throw new LabelException("volume state " + code);
		}

	}

	/**
	 * How segments follow each other. The code is what the label holds.
	 */
	public enum Layout {

		/** One after the other. */
		LINEAR(1),
		/** In turn, a stripe at a time. */
		STRIPED(2);

		private final int code;

		private final String label = name().toLowerCase(Locale.ROOT);

		Layout(int code) {
			this.code = code;
		}

		/**
		 * The name in the API.
		 * @return lower case
		 */
		public String label() {
			return this.label;
		}

		int code() {
			return this.code;
		}

		static Layout of(int code) throws LabelException {
			for (Layout layout : values()) {
				if (layout.code == code) {
					return layout;
				}
			}
			throw new LabelException("volume layout " + code);
		}

	}

}
