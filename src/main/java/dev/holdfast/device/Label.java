package dev.holdfast.device;

import java.util.UUID;

/**
 * All that a label says.
 *
 * @param device identity of the device
 * @param name what the operator called it
 * @param installation which Holdfast held it last; all zero for not recorded
 * @param sequence grows with each commit
 * @param blockSize logical block size of the device in bytes
 * @param geometry where things are
 * @param content who has which extents
 */
public record Label(UUID device, String name, UUID installation, long sequence, int blockSize, Geometry geometry,
		LabelContent content) {

	/** For {@link #installation()}: not recorded. */
	public static final UUID NO_INSTALLATION = new UUID(0, 0);

	Label next(LabelContent newContent) {
		return new Label(this.device, this.name, this.installation, this.sequence + 1, this.blockSize, this.geometry,
				newContent);
	}

	/**
	 * The same device under another name, or held by another installation.
	 */
	Label heldBy(String newName, UUID newInstallation) {
		return new Label(this.device, newName, newInstallation, this.sequence, this.blockSize, this.geometry,
				this.content);
	}

}
