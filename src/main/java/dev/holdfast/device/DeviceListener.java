package dev.holdfast.device;

import java.io.IOException;
import java.util.UUID;

/**
 * Who has things on devices. Called by one thread at a time.
 */
public interface DeviceListener {

	/**
	 * Looks at the label of a device before anything is written to it. What this throws
	 * leaves the device as it was.
	 * @param label as it was found
	 * @param request what was asked for
	 * @param ours whether this installation held the device last
	 * @return what the label is to hold from now on
	 */
	LabelContent review(Label label, AttachRequest request, boolean ours);

	/**
	 * A device is online. What this throws undoes the attach.
	 * @param device with its label
	 */
	void attached(Device device);

	/**
	 * A device that is attached is asked for again, perhaps with new names for what is on
	 * it.
	 * @param device online
	 * @param request what was asked for
	 */
	void attachedAgain(Device device, AttachRequest request);

	/**
	 * The drive of a device is to be let go of for a while: all that was answered has to
	 * be durable on it.
	 * @throws IOException if it cannot be made so
	 */
	void suspending(Device device) throws IOException;

	/**
	 * The drive of a device is back, with the label that it had. I/O goes on after that,
	 * unless this throws.
	 * @param device as it was, but for its generation
	 * @throws IOException if it cannot be written
	 */
	void returned(Device device) throws IOException;

	/**
	 * The state of a device that is attached has changed. On another thread than the
	 * rest.
	 * @param device in its new state, or already in the next
	 */
	void changed(Device device);

	/**
	 * A device is to go. What this throws keeps it.
	 * @param device identity of a device, which may be away
	 * @param name what it is called
	 */
	void detaching(UUID device, String name);

}
