package dev.holdfast.volume;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.operation.Operation;
import dev.holdfast.operation.OperationSnapshot;
import dev.holdfast.operation.Operations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes and grows volumes for those who do not want to wait: what has extents to zero for
 * more than a second becomes an operation, which a restart resumes and its owner may
 * cancel. Most are done by then.
 */
public final class VolumeTasks implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(VolumeTasks.class);

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

	private static final JsonMapper JSON = new JsonMapper();

	private final Volumes volumes;

	private final Operations operations;

	private final Duration patience;

	private final Map<VolumeKey, VolumeTask> running = new ConcurrentHashMap<>();

	private volatile boolean closed;

	public VolumeTasks(Volumes volumes, Operations operations) {
		this(volumes, operations, Duration.ofSeconds(1));
	}

	VolumeTasks(Volumes volumes, Operations operations, Duration patience) {
		this.volumes = volumes;
		this.operations = operations;
		this.patience = patience;
	}

	/**
	 * Makes a volume, or finds the one that is there.
	 * @param key what to call it
	 * @param spec what it is to be like
	 * @return the volume, or the operation that makes it
	 * @throws ProblemException as {@link Volumes#create}
	 */
	public Outcome create(VolumeKey key, VolumeSpec spec) {
		return create(key, spec, Precondition.none());
	}

	/**
	 * Makes a volume, or finds the one that is there, of which something is demanded.
	 * @see #create(VolumeKey, VolumeSpec)
	 */
	public Outcome create(VolumeKey key, VolumeSpec spec, Precondition<Volume> demanded) {
		return run(new VolumeOrder(key.tenant(), key.name(), spec, null, null), ofVolume(demanded));
	}

	/**
	 * Makes a volume larger.
	 * @param key its name
	 * @param sizeBytes a multiple of its block size
	 * @return the volume, or the operation that makes it larger
	 * @throws ProblemException as {@link Volumes#grow}, and {@link Problem#IN_USE} while
	 * it is growing to another size
	 */
	public Outcome grow(VolumeKey key, long sizeBytes) {
		return grow(key, sizeBytes, VolumeLease.NONE, Precondition.none());
	}

	/**
	 * Makes a volume larger of which something is demanded.
	 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
	 * @see #grow(VolumeKey, long)
	 */
	public Outcome grow(VolumeKey key, long sizeBytes, long lease, Precondition<Volume> demanded) {
		this.volumes.requireLease(key, lease);
		return run(new VolumeOrder(key.tenant(), key.name(), null, sizeBytes, lease), ofVolume(demanded));
	}

	/**
	 * Declares a volume anew, of which something is demanded: its size may grow, the rest
	 * stays.
	 * @param lease number of the lease that was shown, or {@link VolumeLease#NONE}
	 * @see #grow(VolumeKey, long)
	 * @throws ProblemException {@link Problem#ALREADY_EXISTS} if it differs in what stays
	 */
	public Outcome replace(VolumeKey key, VolumeSpec spec, long lease, Precondition<Volume> demanded) {
		this.volumes.requireLease(key, lease);
		Volume present = this.volumes.find(key).orElse(null);
		demanded.check(present);
		if (present == null) {
			throw VolumeHandle.notFound(key);
		}
		return run(new VolumeOrder(key.tenant(), key.name(), null, spec.sizeBytes(), lease), (handle) -> {
			if (handle != null) {
				demanded.check(handle.volume());
				Declarations.requireSameButSize(handle, spec);
			}
		});
	}

	private static Precondition<VolumeHandle> ofVolume(Precondition<Volume> demanded) {
		return demanded.demands() ? (handle) -> demanded.check((handle != null) ? handle.volume() : null)
				: Precondition.none();
	}

	private Outcome run(VolumeOrder order, Precondition<VolumeHandle> demanded) {
		VolumeTask present = this.running.get(order.key());
		// Who demands something joins nobody: what is at work may make it untrue.
		if (present != null && (demanded.demands() || !present.order().equals(order))) {
			if (order.growTo() != null) {
				this.volumes.check(order.key(), demanded);
				throw new ProblemException(Problem.IN_USE,
						"The volume %s is being made or growing already: wait for that, or cancel it"
							.formatted(order.name()));
			}
			present = null;
		}
		VolumeTask task = (present != null) ? present : start(order, demanded, null);
		return task.await(this.patience, () -> promote(task, demanded));
	}

	/**
	 * Makes an operation of what is at the volume, if that does what the task is to do.
	 */
	private @Nullable OperationSnapshot promote(VolumeTask task, Precondition<VolumeHandle> demanded) {
		VolumeTask present = this.running.get(task.order().key());
		if (present == null || (demanded.demands() && present != task)) {
			return null;
		}
		return present.order().equals(task.order()) ? present.promote() : null;
	}

	private VolumeTask start(VolumeOrder order, Precondition<VolumeHandle> demanded, @Nullable Operation resumed) {
		VolumeTask task = new VolumeTask(this.volumes, this.operations, order, demanded, resumed, () -> this.closed,
				this.running);
		task.start();
		return task;
	}

	/**
	 * Goes on with what a restart has interrupted. When this returns, their names are
	 * taken.
	 */
	public void resume() {
		for (String kind : VolumeOrder.KINDS) {
			for (Operation operation : this.operations.unfinished(kind)) {
				try {
					VolumeOrder order = JSON.readValue(operation.spec().detail(), VolumeOrder.class);
					start(order, Precondition.none(), operation).awaitBegun();
				}
				catch (JacksonException ex) {
					log.warn("Operation {} cannot be resumed", operation.id(), ex);
					operation.fail(new ProblemException(Problem.NOT_SUPPORTED,
							"It was begun by a release that kept it in another form: ask for it again"));
				}
			}
		}
	}

	static String detail(VolumeOrder order) {
		return JSON.writeValueAsString(order);
	}

	/**
	 * Ends all of them after the step that they are at; the next start resumes them. A
	 * drive that hangs is not waited for longer than 10 s.
	 */
	@Override
	public void close() {
		close(CLOSE_LIMIT);
	}

	void close(Duration limit) {
		this.closed = true;
		for (VolumeTask task : List.copyOf(this.running.values())) {
			if (!task.join(limit)) {
				log.warn("The volume {} was not left within {}: its drive hangs", task.order().name(), limit);
			}
		}
	}

	/**
	 * What became of a request: one of the two.
	 *
	 * @param creation the volume as it is now
	 * @param operation that is at work on it
	 */
	public record Outcome(@Nullable Creation creation, @Nullable OperationSnapshot operation) {

	}

}
