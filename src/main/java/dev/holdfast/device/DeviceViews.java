package dev.holdfast.device;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * How devices are shown: what was found of them the last time, since asking anew may
 * block. Any thread.
 */
final class DeviceViews {

	private final Map<String, Device> attached;

	private final Absences absences;

	/**
	 * What the kernel said of each when it was attached: a stuck drive does not answer.
	 */
	private final Map<String, Drive> facts = new ConcurrentHashMap<>();

	/** The same of those that are away. */
	private final Map<String, Drive> before = new ConcurrentHashMap<>();

	private final Map<String, String> reasons = new ConcurrentHashMap<>();

	/** Where devices that are not online were found the last time. */
	private final Map<String, Path> places = new ConcurrentHashMap<>();

	DeviceViews(Map<String, Device> attached, Absences absences) {
		this.attached = attached;
		this.absences = absences;
	}

	void looksFor(String name) {
		this.places.remove(name);
	}

	void found(String name, Path place) {
		this.places.put(name, place);
	}

	void failed(String name, Exception why) {
		this.reasons.put(name, String.valueOf(why.getMessage()));
	}

	synchronized void plugged(String name, Drive drive) {
		this.facts.put(name, drive);
		this.before.put(name, drive);
	}

	/**
	 * The state of a device may be another.
	 */
	synchronized void changed(Device device) {
		if (device.state() == DeviceState.AWAY || device.state() == DeviceState.SUSPENDED) {
			this.facts.remove(device.name());
		}
	}

	/**
	 * What was known of the drive that a device had last.
	 * @return {@code null} for nothing
	 */
	@Nullable Drive before(String name) {
		return this.before.get(name);
	}

	void works(String name) {
		this.reasons.remove(name);
		this.places.remove(name);
	}

	void forget(String name) {
		works(name);
		this.facts.remove(name);
		this.before.remove(name);
	}

	/**
	 * Which device is attached from a path, whatever name of it that is. One that was let
	 * go of is not: the next drive may have its name.
	 * @return {@code null} for none
	 */
	@Nullable Device at(Path path) {
		return this.attached.values()
			.stream()
			.filter((device) -> !letGo(device.name()))
			.filter((device) -> DriveFinder.isSame(path, device.path()))
			.findFirst()
			.orElse(null);
	}

	/**
	 * The kernel's names of the drives that are attached. Of one that was let go of just
	 * now that may not have been told yet.
	 */
	Set<String> drives() {
		return this.facts.entrySet()
			.stream()
			.filter((fact) -> !letGo(fact.getKey()))
			.map((fact) -> fact.getValue().kernelName())
			.collect(Collectors.toSet());
	}

	private boolean letGo(String name) {
		Device device = this.attached.get(name);
		return device != null && switch (device.state()) {
			case AWAY, LOST, SUSPENDED -> true;
			case ABSENT, ONLINE, DRAINING, DETACHED -> false;
		};
	}

	DeviceStatus status(KnownDevice device) {
		Device present = this.attached.get(device.name());
		if (present == null) {
			return new DeviceStatus(device, null, null, place(device), this.reasons.get(device.name()));
		}
		String reason = this.absences.reason(present);
		String more = (reason != null) ? this.reasons.get(device.name()) : null;
		return new DeviceStatus(device, present, this.facts.get(device.name()), present.path(),
				(more != null) ? reason + " (" + more + ")" : reason);
	}

	/**
	 * Where a device that is not online was found, or was asked for: unless another one
	 * is there now, which nobody should take for it.
	 */
	private @Nullable Path place(KnownDevice device) {
		Path found = this.places.get(device.name());
		Path place = (found != null) ? found : device.selector().path();
		return (place != null && at(place) == null) ? place : null;
	}

}
