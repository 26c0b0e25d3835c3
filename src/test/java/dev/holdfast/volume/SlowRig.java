package dev.holdfast.volume;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.device.Device;
import dev.holdfast.device.RecordingEngine;
import dev.holdfast.device.Rig;
import dev.holdfast.operation.Operations;

import static org.awaitility.Awaitility.await;

/**
 * Volumes on one device whose zeroing can be held up, with a real catalog. Opened again
 * on the same directory it is what it was before a restart.
 */
final class SlowRig implements AutoCloseable {

	final RecordingEngine engine;

	final Rig rig;

	final Device device;

	final Catalog catalog;

	final Operations operations;

	final Volumes volumes;

	final Leases leases;

	final VolumeTasks tasks;

	SlowRig(Path directory, Path file) throws IOException {
		List<RecordingEngine> recording = new ArrayList<>();
		this.rig = Rig.open(Rig.Kind.PSYNC, (real) -> {
			recording.add(new RecordingEngine(real));
			return recording.getFirst();
		});
		this.engine = recording.getFirst();
		this.device = this.rig.attach(file);
		this.catalog = Catalog.open(directory.resolve("catalog.db"));
		this.operations = new Operations(this.catalog, Clock.systemUTC());
		Fences fences = new Fences(new CatalogLeases(this.catalog), Clock.systemUTC());
		this.volumes = new Volumes(new CatalogVolumeIndex(this.catalog), (tenant) -> true, fences);
		this.leases = new Leases(this.volumes, fences, Duration.ofSeconds(30));
		this.volumes.attached(this.device);
		this.tasks = new VolumeTasks(this.volumes, this.operations, Duration.ofMillis(20));
	}

	SpaceUsage usage() {
		return this.volumes.usage(this.device.uuid());
	}

	/**
	 * Closes what may be held up: it begins to, and only then what it holds goes on.
	 */
	void closeHeldUp(AutoCloseable work) {
		Thread closing = Thread.ofVirtual().start(() -> {
			try {
				work.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		await().until(() -> isWaiting(closing) || !closing.isAlive());
		this.engine.release();
		await().until(() -> !closing.isAlive());
	}

	static boolean isWaiting(Thread thread) {
		return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
	}

	/**
	 * A file that is not known to be empty.
	 */
	static Path dirty(Path directory, long size) throws IOException {
		Path file = Rig.sparse(directory, size);
		try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
			access.seek(size / 2);
			access.write(1);
		}
		return file;
	}

	@Override
	public void close() throws IOException {
		closeHeldUp(this.tasks);
		this.rig.close();
		this.catalog.close();
	}

}
