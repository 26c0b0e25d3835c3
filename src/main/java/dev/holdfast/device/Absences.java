package dev.holdfast.device;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows devices that go away and come back: says so, in order and on a thread of its
 * own, since who finds out must not wait for that, and ends the hold of one that stays
 * away, or suspended, too long.
 */
final class Absences implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Absences.class);

	private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1,
			Thread.ofPlatform().daemon().name("holdfast-device-changes").factory());

	private final Clock clock;

	private final Consumer<Device> changed;

	private final Map<Device, Absence> since = new ConcurrentHashMap<>();

	/**
	 * Follows devices.
	 * @param changed is told after each change of a device's state
	 */
	Absences(Clock clock, Consumer<Device> changed) {
		this.clock = clock;
		this.changed = changed;
		this.thread.prestartCoreThread();
	}

	void follow(Device device) {
		device.onChange(() -> run(() -> changed(device)));
	}

	private void run(Runnable task) {
		try {
			this.thread.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The service is stopping, and nobody follows any more.
		}
	}

	private void changed(Device device) {
		DeviceState state = device.state();
		switch (state) {
			case AWAY -> left(device);
			case LOST -> lost(device);
			case SUSPENDED -> suspended(device);
			case ONLINE -> serves(device);
			case ABSENT, DRAINING, DETACHED -> this.since.remove(device);
		}
		try {
			this.changed.accept(device);
		}
		catch (RuntimeException ex) {
			log.error("What became of device {} was not told", device.name(), ex);
		}
	}

	private void serves(Device device) {
		this.since.remove(device);
		int overdue = device.overdue().count();
		if (overdue > 0) {
			log.warn("Device {} is stuck: {} operations have not ended in time", device.name(), overdue);
		}
		else {
			log.info("Device {} is online, generation {}{}", device.name(), device.generation(),
					device.draining() ? ", and gets nothing new" : "");
		}
	}

	private void lost(Device device) {
		Absence before = this.since.get(device);
		if (before == null || before.state() != DeviceState.LOST) {
			this.since.put(device,
					new Absence(DeviceState.LOST, device.generation(), (before != null) ? before.from() : now()));
			log.error("Device {} is lost: I/O to it fails until it is back", device.name());
		}
	}

	private void suspended(Device device) {
		Absence absence = begin(device, DeviceState.SUSPENDED);
		if (absence == null) {
			return;
		}
		log.info("Device {} is suspended: I/O to it waits until it is resumed", device.name());
		Duration limit = device.hold().limits().suspended();
		if (limit != null) {
			after(limit, device, absence, () -> {
				log.warn("Device {} is suspended for more than {} s: I/O to it fails", device.name(),
						limit.toSeconds());
				device.tireOfHolding();
			});
		}
	}

	private void left(Device device) {
		Absence absence = begin(device, DeviceState.AWAY);
		if (absence == null) {
			return;
		}
		Duration limit = device.hold().limits().time();
		log.warn("Device {} is away: I/O to it waits for at most {} s", device.name(), limit.toSeconds());
		after(limit, device, absence,
				() -> device.lose("it did not come back within %d s".formatted(limit.toSeconds())));
	}

	/**
	 * Notes that a device is away.
	 * @return {@code null} if that is no news
	 */
	private @Nullable Absence begin(Device device, DeviceState state) {
		Absence before = this.since.get(device);
		if (before != null && before.generation() == device.generation() && before.state() == state) {
			return null;
		}
		Absence absence = new Absence(state, device.generation(), now());
		this.since.put(device, absence);
		return absence;
	}

	/**
	 * A drive that comes back and cannot be used has another generation and is away all
	 * the same.
	 */
	private void after(Duration limit, Device device, Absence absence, Runnable end) {
		var _ = this.thread.schedule(() -> {
			if (absence.equals(this.since.get(device))) {
				end.run();
			}
		}, limit.toNanos(), TimeUnit.NANOSECONDS);
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
	}

	/**
	 * Why a device does not serve I/O as it should.
	 * @return {@code null} if it does
	 */
	@Nullable String reason(Device device) {
		Absence absence = this.since.get(device);
		int overdue = device.overdue().count();
		if (absence == null && overdue > 0) {
			return "it is stuck: %d operations have not ended in time, and what overlaps them waits".formatted(overdue);
		}
		if (absence == null) {
			return null;
		}
		Instant from = absence.from();
		return switch (device.state()) {
			case AWAY -> "its drive is away since %s; I/O waits for it until %s".formatted(from,
					from.plus(device.hold().limits().time()));
			case SUSPENDED -> "an operator suspended it, at %s at the latest; I/O %s".formatted(from,
					whileSuspended(from, device.hold().limits().suspended()));
			case LOST -> "its drive is away since %s, for too long, or was used elsewhere; I/O fails until it is back"
				.formatted(from);
			case ABSENT, ONLINE, DRAINING, DETACHED -> null;
		};
	}

	private String whileSuspended(Instant from, @Nullable Duration limit) {
		if (limit == null) {
			return "waits until it is resumed";
		}
		Instant end = from.plus(limit);
		return now().isBefore(end) ? "waits until it is resumed, or " + end : "fails until it is resumed";
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

	/**
	 * A device that is away or suspended.
	 */
	private record Absence(DeviceState state, long generation, Instant from) {

	}

}
