package dev.holdfast.device;

import java.util.UUID;

import dev.holdfast.engine.IoFailedException;

/**
 * The label of one device, kept in two slots that are written in turn.
 * <p>
 * To write is: flush the device, so that whatever the new label refers to is durable;
 * write the older slot, all of it that is used; flush. Whenever the power goes, one slot
 * is whole: the newer one was not touched, and of the older one either all of the new
 * bytes are there or the checksum is wrong. If a write fails, the same slot is written
 * the next time, since the other is the last one known to be good.
 * <p>
 * {@link #write} is called by one thread at a time: {@link SharedCommit} sees to that.
 */
public final class LabelStore {

	private final DeviceBytes bytes;

	private volatile Label label;

	private int newest;

	/** The highest that was given to the device, whether or not it got there. */
	private long attempted;

	private LabelStore(DeviceBytes bytes, Label label, int newest) {
		this.bytes = bytes;
		this.label = label;
		this.newest = newest;
		this.attempted = label.sequence();
	}

	/**
	 * Takes over a label that was found. The other slot is written first, with the next
	 * sequence number: there are two whole copies again, and this attach can be told from
	 * the one before.
	 * @param found with the name and installation that it is to have from now on
	 * @param content that it is to have
	 * @param slot where it was found
	 */
	static LabelStore open(DeviceBytes bytes, Label found, LabelContent content, int slot) throws IoFailedException {
		LabelStore store = new LabelStore(bytes, found, slot);
		store.write(content);
		return store;
	}

	/**
	 * Writes the first label of a device, to both slots. It is a single sector, so there
	 * is no moment at which half of it is there and the device counts as damaged.
	 */
	static LabelStore format(DeviceBytes bytes, String name, UUID installation, Geometry geometry, int blockSize,
			ExtentState state) throws IoFailedException {
		LabelContent content = LabelContent.empty(geometry, state);
		Label none = new Label(UUID.randomUUID(), name, installation, 0, blockSize, geometry, content);
		LabelStore store = new LabelStore(bytes, none, 1);
		store.write(content);
		store.write(content);
		return store;
	}

	/**
	 * What was last written and is durable.
	 * @return the label; any thread may ask
	 */
	public Label label() {
		return this.label;
	}

	void write(LabelContent content) throws IoFailedException {
		Label next = this.label.next(content);
		int slot = 1 - this.newest;
		byte[] encoded = encode(next, slot);
		this.attempted = next.sequence();
		this.bytes.flush();
		this.bytes.write(next.geometry().slotOffset(slot), encoded);
		this.bytes.flush();
		this.label = next;
		this.newest = slot;
	}

	/**
	 * Goes on with what a drive that was away has brought back.
	 * @param found its newest whole label
	 * @param slot where that is
	 * @return {@code false} if it was written elsewhere since, or not all that was
	 * written here is on it: nothing has changed then
	 */
	boolean goOn(Label found, int slot) {
		boolean own = found.sequence() == this.label.sequence() || found.sequence() == this.attempted;
		if (own) {
			this.label = found;
			this.newest = slot;
			this.attempted = found.sequence();
		}
		return own;
	}

	private static byte[] encode(Label label, int slot) {
		try {
			return LabelEncoder.encode(label, slot);
		}
		catch (LabelException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
