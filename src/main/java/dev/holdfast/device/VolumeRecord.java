package dev.holdfast.device;

import java.util.List;
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
	 * Room that the record takes on a label.
	 * @return bytes
	 */
	public int labelBytes() {
		return labelBytes(this.tenant, this.name, this.segments.size());
	}

	/**
	 * Room that a record takes on a label.
	 * @param tenant owner
	 * @param name of the volume
	 * @param segments how many
	 * @return bytes
	 */
	public static int labelBytes(String tenant, String name, int segments) {
		return LabelFormat.recordSize(tenant, name, segments);
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

		Layout(int code) {
			this.code = code;
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
