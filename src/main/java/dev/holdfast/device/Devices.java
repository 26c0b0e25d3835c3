package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

import dev.holdfast.contract.ByteSize;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of this installation: attached by the configuration or by an operator,
 * known again after a restart by their labels and whatever name the kernel gives them.
 * Devices come and go one at a time; looking at them waits for nobody.
 */
public final class Devices implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Devices.class);

	private static final Duration SUSPEND_LIMIT = Duration.ofSeconds(30);

	/** For all together: what a drive has had till then it may never end. */
	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

	private final DeviceAttacher attacher;

	private final DriveFinder finder;

	private final KnownDevices known;

	private final DeviceListener listener;

	private final DeviceFollowers followers = new DeviceFollowers();

	/** Also those whose drives are away, and that are waited for. */
	private final Map<String, Device> attached = new ConcurrentSkipListMap<>();

	private final Absences absences = new Absences(Clock.systemUTC(), this::changed);

	private final DeviceViews views = new DeviceViews(this.attached, this.absences);

	public Devices(DeviceAttacher attacher, Drives drives, KnownDevices known, DeviceListener listener) {
		this.attacher = attacher;
		this.finder = new DriveFinder(drives);
		this.known = known;
		this.listener = listener;
	}

	/**
	 * Attaches a drive, or finds that it is attached. A device that is away may come back
	 * from anywhere: its label says that it is the same.
	 * @param name what to call it
	 * @param request which drive, and what may happen to what is on it
	 * @return whether it was new here
	 * @throws ProblemException if it cannot be: with what was found on it, or what stands
	 * against it
	 */
	public boolean attach(String name, DeviceRequest request) {
		return attach(name, request, Precondition.none());
	}

	/**
	 * The same, if what is demanded of the device holds.
	 * @see #attach(String, DeviceRequest)
	 */
	public synchronized boolean attach(String name, DeviceRequest request, Precondition<DeviceStatus> demanded) {
		ResourceName.require("device", name);
		KnownDevice there = this.known.find(name).orElse(null);
		demanded.check((there != null) ? this.views.status(there) : null);
		Device present = this.attached.get(name);
		if (present != null) {
			if (there == null || !there.selector().equals(request.selector())) {
				throw new ProblemException(Problem.ALREADY_EXISTS,
						"There is a device %s that was asked for otherwise: detach it first, or take another name"
							.formatted(name));
			}
			this.listener.attachedAgain(present, request.attaching(name, present.path(), present.uuid()));
			if (request.adopt()) {
				this.followers.changed(this.views.status(there));
			}
			return false;
		}
		try {
			open(name, request, there, there != null && there.configured());
			DeviceStatus opened = get(name);
			if (there == null) {
				this.followers.attached(opened);
			}
			else {
				this.followers.changed(opened);
			}
			return there == null;
		}
		catch (IOException ex) {
			throw DeviceProblems.unusable(name, ex);
		}
	}

	/**
	 * Attaches a device that the configuration names.
	 * @param size makes a sparse file of so many bytes if there is nothing at the path,
	 * and never was; 0 for not
	 * @param adopt whether it may be taken over from another installation
	 * @throws IOException if it cannot be used
	 * @throws ProblemException as for {@link #attach}
	 */
	public synchronized void attachConfigured(String name, Path path, long size, boolean adopt) throws IOException {
		KnownDevice there = this.known.find(name).orElse(null);
		if (there == null && size > 0 && Files.notExists(path)) {
			Device device = this.attacher.create(name, path, size);
			enter(device, new KnownDevice(name, device.uuid(), DeviceSelector.at(path), true));
			return;
		}
		open(name, new DeviceRequest(DeviceSelector.at(path), false, adopt, Map.of()), there, true);
	}

	/**
	 * Attaches a device that was attached before and that the configuration does not
	 * name, or no longer. If that is not possible it is {@code absent}, and its status
	 * says why.
	 * @return why it is not online, or {@code null} if it is
	 */
	public synchronized @Nullable String attachKnown(KnownDevice device) {
		this.known.put(new KnownDevice(device.name(), device.uuid(), device.selector(), false));
		try {
			open(device.name(), DeviceRequest.of(device.selector()), device, false);
			return null;
		}
		catch (IOException | ProblemException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	private void open(String name, DeviceRequest request, @Nullable KnownDevice there, boolean configured)
			throws IOException {
		try {
			UUID expected = (there != null) ? there.uuid() : null;
			this.views.looksFor(name);
			Path path = this.finder.locate(request.selector(), expected, this.views.drives());
			this.views.found(name, path);
			// The kernel would say that somebody has it, and not who.
			Device owner = this.views.at(path);
			if (owner != null) {
				throw DeviceProblems.isOther(owner.name());
			}
			Device device = this.attacher.attach(request.attaching(name, path, expected),
					(label, both, ours) -> review(label, both, request.attaching(name, path, expected), ours));
			enter(device, new KnownDevice(name, device.uuid(), request.selector(), configured));
		}
		catch (IOException | ProblemException ex) {
			this.views.failed(name, ex);
			throw ex;
		}
	}

	private LabelContent review(Label label, boolean both, AttachRequest request, boolean ours) {
		String name = request.name();
		KnownDevice other = this.known.find(label.device()).orElse(null);
		if (other != null && !other.name().equals(name)) {
			throw DeviceProblems.isOther(other.name());
		}
		// Of a label of which one copy is lost that may be the newest.
		long newest = this.known.sequence(label.device()) - (both ? 0 : 1);
		if (label.sequence() < newest && !request.adopt()) {
			throw new ProblemException(Problem.DEVICE_NOT_ONLINE,
					"Device %s has a label that is older than the one that was written here last: is it a copy, or a restored image? Bring back the drive itself, or attach it with adopt to lose what was written since"
						.formatted(name));
		}
		this.finder.requireNoTwin(label.device(), request.path(), this.views.drives());
		return this.listener.review(label, request, ours);
	}

	private void enter(Device device, KnownDevice as) throws IOException {
		boolean fresh = this.known.find(as.name()).isEmpty();
		boolean entered = false;
		try {
			this.known.put(as);
			device.drain(this.known.isDraining(device.uuid()));
			this.listener.attached(device);
			if (device.blockDevice()) {
				this.finder.at(device.path()).ifPresent((drive) -> this.views.plugged(device.name(), drive));
			}
			this.known.wrote(device.uuid(), device.labels().label().sequence());
			this.attached.put(device.name(), device);
			device.drain(this.known.isDraining(device.uuid()));
			this.absences.follow(device);
			if (this.known.isSuspended(device.uuid())) {
				device.suspend(SUSPEND_LIMIT, () -> this.listener.suspending(device));
			}
			log.info("Device {}: {}, {} in blocks of {} bytes, {}", device.name(), device.path(),
					new ByteSize(device.size()), device.blockSize(), device.uuid());
			this.views.works(device.name());
			entered = true;
		}
		finally {
			if (!entered) {
				if (fresh) {
					this.known.remove(as.name());
				}
				device.close();
			}
		}
	}

	/**
	 * Lets go of a device for good. What its label says stays.
	 * @param name of the device, which may be away
	 * @throws ProblemException {@link Problem#NOT_FOUND}; {@link Problem#IN_USE} if
	 * volumes live on it, or the configuration names it
	 */
	public void detach(String name) {
		detach(name, Precondition.none());
	}

	/**
	 * The same, if what is demanded of the device holds.
	 */
	public synchronized void detach(String name, Precondition<DeviceStatus> demanded) {
		KnownDevice there = this.known.find(name).orElseThrow(DeviceProblems::notFound);
		demanded.check(this.views.status(there));
		if (there.configured()) {
			throw new ProblemException(Problem.IN_USE,
					"Device %s is in the configuration: remove it there, and restart".formatted(name));
		}
		this.listener.detaching(there.uuid(), name);
		this.known.remove(name);
		this.views.forget(name);
		log.info("Device {} is detached: {}", name, there.uuid());
		Device device = this.attached.remove(name);
		this.followers.detached(new DeviceStatus(there, null, null, null, null));
		if (device != null) {
			device.beginClose(false);
			try {
				device.close();
			}
			catch (IOException ex) {
				throw new ProblemException(Problem.IO_ERROR, "Device %s was not closed cleanly".formatted(name), ex);
			}
		}
	}

	private void changed(Device device) {
		device.losses().keep();
		this.views.changed(device);
		this.listener.changed(device);
		Map<UUID, Long> losses = device.takeLosses();
		this.known.find(device.name()).map(this.views::status).ifPresent((status) -> {
			this.followers.changed(status);
			if (!losses.isEmpty()) {
				this.followers.mayHaveLost(status, losses);
			}
		});
	}

	/**
	 * Sees which drives have gone, and takes back those that have come.
	 * @param news whether the kernel said that something has changed, which in a
	 * container it may not
	 */
	void look(boolean news) {
		this.attached.values().forEach(Device::look);
		for (Device device : this.attached.values()) {
			if (device.state() == DeviceState.AWAY || device.state() == DeviceState.LOST) {
				tryTakeBack(device);
			}
		}
		boolean changed = this.finder.lookForChanges();
		if (news || changed) {
			attachAbsent();
		}
	}

	private void tryTakeBack(Device device) {
		try {
			takeBack(device);
		}
		catch (DeviceException ex) {
			this.views.failed(device.name(), ex);
			if (ex.problem() == Problem.FOREIGN_SIGNATURE) {
				device.lose(String.valueOf(ex.getMessage()));
			}
		}
		catch (IOException | ProblemException ex) {
			this.views.failed(device.name(), ex);
		}
	}

	/**
	 * Finds the drive of a device that is away or suspended, and serves I/O again.
	 */
	private synchronized void takeBack(Device device) throws IOException {
		if (this.attached.get(device.name()) != device || device.state() == DeviceState.ONLINE) {
			return;
		}
		Path place = device.canLeave()
				? this.finder.find(device.uuid(), this.views.before(device.name()), this.views.drives())
				: device.path();
		this.attacher.takeBack(device, place);
		boolean usable = false;
		try {
			this.listener.returned(device);
			usable = true;
		}
		finally {
			if (!usable) {
				device.letGo();
			}
		}
		Optional<Drive> drive = this.finder.at(device.path());
		drive.ifPresent((found) -> this.views.plugged(device.name(), found));
		this.known.wrote(device.uuid(), device.labels().label().sequence());
		this.views.works(device.name());
		device.serve();
		// Who heard late that it had gone may have forgotten it.
		drive.ifPresent((found) -> this.views.plugged(device.name(), found));
	}

	private synchronized void attachAbsent() {
		List<KnownDevice> absent = this.known.list()
			.stream()
			.filter((device) -> !this.attached.containsKey(device.name()))
			.toList();
		if (absent.isEmpty()) {
			return;
		}
		Set<UUID> here = discovered().stream().map(FoundDrive::label).collect(Collectors.toSet());
		for (KnownDevice device : absent) {
			if (here.contains(device.uuid())) {
				try {
					open(device.name(), DeviceRequest.of(device.selector()), device, device.configured());
					this.followers.changed(get(device.name()));
				}
				catch (IOException | ProblemException ex) {
					log.warn("Device {} is here again and cannot be used: {}", device.name(), ex.getMessage());
				}
			}
		}
	}

	/**
	 * Holds I/O to a device, makes durable what was answered, and lets go of its drive,
	 * which may be pulled then.
	 * @param limit how long what is in flight may take
	 * @throws ProblemException {@link Problem#NOT_FOUND},
	 * {@link Problem#DEVICE_NOT_ONLINE}, {@link Problem#IN_USE} if it took longer: it
	 * goes on as before
	 */
	public void suspend(String name, Duration limit) {
		Device device = require(name);
		device.operator().lock();
		try {
			device.suspend(limit, () -> this.listener.suspending(device));
			this.known.suspend(device.uuid(), true);
		}
		finally {
			device.operator().unlock();
		}
	}

	/**
	 * Has no volume get anything on a device that is to be emptied, over a restart too;
	 * or ends that.
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public void drain(String name, boolean now) {
		KnownDevice there = this.known.find(name).orElseThrow(DeviceProblems::notFound);
		this.known.drain(there.uuid(), now);
		Device device = this.attached.get(name);
		if (device != null) {
			device.drain(now);
		}
	}

	/**
	 * Serves I/O of a device again that was suspended.
	 * @throws ProblemException {@link Problem#NOT_FOUND}; with what stands against it
	 */
	public void resume(String name) {
		Device device = require(name);
		device.operator().lock();
		try {
			takeBack(device);
			this.known.suspend(device.uuid(), false);
		}
		catch (IOException ex) {
			throw DeviceProblems.unusable(name, ex);
		}
		finally {
			device.operator().unlock();
		}
	}

	/**
	 * Nothing waits any longer for drives that are away: the service stops.
	 */
	public void stopHolding() {
		this.attached.values().forEach(Device::stopHolding);
	}

	private Device require(String name) {
		KnownDevice there = this.known.find(name).orElseThrow(DeviceProblems::notFound);
		Device device = this.attached.get(there.name());
		if (device == null) {
			throw new ProblemException(Problem.DEVICE_NOT_ONLINE, "Device %s is absent".formatted(name))
				.with("deviceState", DeviceState.ABSENT.label());
		}
		return device;
	}

	/**
	 * Whom to tell what becomes of devices from now on.
	 */
	public void follow(DeviceFollower follower) {
		this.followers.add(follower);
	}

	/**
	 * All devices that belong here, also those that are away.
	 * @return ordered by name
	 */
	public List<DeviceStatus> list() {
		return this.known.list().stream().map(this.views::status).toList();
	}

	/**
	 * One of them.
	 * @param name of the device
	 * @return how it is now
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public DeviceStatus get(String name) {
		return this.known.find(name).map(this.views::status).orElseThrow(DeviceProblems::notFound);
	}

	/**
	 * Devices that are attached, also those whose drives are away and are waited for.
	 * @return ordered by name
	 */
	public List<Device> attached() {
		return List.copyOf(this.attached.values());
	}

	/**
	 * Names of all devices that belong here.
	 * @return by identity
	 */
	public Map<UUID, String> names() {
		return this.known.list().stream().collect(Collectors.toMap(KnownDevice::uuid, KnownDevice::name));
	}

	/**
	 * Drives of this node that are not attached.
	 * @see DriveFinder#others
	 * @return ordered by the kernel's name
	 */
	public List<FoundDrive> discovered() {
		return this.finder.others(this.views.drives());
	}

	/**
	 * Lets go of all devices, as the service stops.
	 * @throws IOException the first failure, after all were tried
	 */
	@Override
	public synchronized void close() throws IOException {
		this.absences.close();
		this.attached.values().forEach((device) -> device.beginClose(true));
		long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
		IOException failure = null;
		for (Device device : this.attached.values()) {
			try {
				device.close(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
			}
			catch (IOException ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		this.attached.values().forEach((device) -> this.known.wrote(device.uuid(), device.labels().label().sequence()));
		this.attached.clear();
		if (failure != null) {
			throw failure;
		}
	}

}
