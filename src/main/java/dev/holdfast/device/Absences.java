package dev.holdfast.device;

import java.time.Clock;
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
 * away too long.
 */
final class Absences implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Absences.class);

	private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1,
			Thread.ofPlatform().daemon().name("holdfast-device-changes").factory());

	private final Clock clock;

	private final Consumer<Device> changed;

	private final Map<Device, Instant> since = new ConcurrentHashMap<>();

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
			case LOST -> log.error("Device {} is lost: I/O to it fails until it is back", device.name());
			case SUSPENDED -> {
				this.since.put(device, now());
				log.info("Device {} is suspended: I/O to it waits until it is resumed", device.name());
			}
			case ONLINE -> {
				this.since.remove(device);
				log.info("Device {} is online, generation {}{}", device.name(), device.generation(),
						device.draining() ? ", and gets nothing new" : "");
			}
			case ABSENT, DRAINING, DETACHED -> this.since.remove(device);
		}
		try {
			this.changed.accept(device);
		}
		catch (RuntimeException ex) {
			log.error("What became of device {} was not told", device.name(), ex);
		}
	}

	private void left(Device device) {
		this.since.put(device, now());
		HoldLimits limits = device.hold().limits();
		log.warn("Device {} is away: I/O to it waits for at most {} s", device.name(), limits.time().toSeconds());
		long generation = device.generation();
		var _ = this.thread.schedule(() -> {
			if (device.generation() == generation) {
				device.lose("it did not come back within %d s".formatted(limits.time().toSeconds()));
			}
		}, limits.time().toNanos(), TimeUnit.NANOSECONDS);
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
	}

	/**
	 * Why a device does not serve I/O.
	 * @return {@code null} if it does
	 */
	@Nullable String reason(Device device) {
		Instant from = this.since.get(device);
		return (from == null) ? null : switch (device.state()) {
			case AWAY -> "its drive is away since %s; I/O waits for it until %s".formatted(from,
					from.plus(device.hold().limits().time()));
			case SUSPENDED -> "an operator suspended it at %s; I/O waits until it is resumed".formatted(from);
			case LOST -> "its drive is away since %s, for too long, or was used elsewhere; I/O fails until it is back"
				.formatted(from);
			case ABSENT, ONLINE, DRAINING, DETACHED -> null;
		};
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
