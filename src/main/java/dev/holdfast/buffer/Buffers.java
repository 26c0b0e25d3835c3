package dev.holdfast.buffer;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.contract.ResourceName;
import dev.holdfast.engine.IoEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tenants' buffers. What is declared is in the catalog and survives; what is in memory is
 * made of that, by {@link BufferReconciler} alone. Any thread.
 */
public final class Buffers implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Buffers.class);

	private static final Duration RETRY = Duration.ofSeconds(5);

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

	private final BufferTable table;

	private final Clock clock;

	private final BufferQuota quota;

	private final BufferReconciler reconciler;

	private final BufferListener listener;

	private final List<BufferFollower> followers = new CopyOnWriteArrayList<>();

	private volatile boolean closing;

	private final Map<BufferKey, BufferSlot> slots = new ConcurrentHashMap<>();

	/** Guards what is declared. */
	private final ReentrantLock declaring = new ReentrantLock();

	private final ScheduledExecutorService retries = Executors
		.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("holdfast-buffers").factory());

	/**
	 * What the catalog declares, not in memory yet: see {@link #start()}.
	 */
	public Buffers(Catalog catalog, Clock clock, IoEngine engine, Memlock memlock, BufferQuota quota,
			BufferListener listener) {
		this.table = new BufferTable(catalog);
		this.clock = clock;
		this.quota = quota;
		this.listener = listener;
		this.reconciler = new BufferReconciler(engine, memlock, listener, this::gone);
		for (BufferDeclaration declaration : this.table.load()) {
			BufferSlot slot = new BufferSlot(declaration);
			slot.shown = true;
			this.slots.put(declaration.key(), slot);
			listener.declared(declaration);
		}
	}

	/**
	 * Whom to tell what becomes of buffers from now on.
	 */
	public void follow(BufferFollower follower) {
		this.followers.add(follower);
	}

	private void gone(BufferSlot slot) {
		this.slots.remove(slot.declaration.key(), slot);
		if (slot.shown && !this.closing) {
			this.followers.forEach((follower) -> follower.deleted(slot.status()));
		}
	}

	private void changed(BufferSlot slot) {
		this.followers.forEach((follower) -> follower.changed(slot.status()));
	}

	/**
	 * Brings into memory what is declared. Returns when all of it has been tried; what
	 * failed is tried again from time to time.
	 */
	public void start() {
		reconcileAll();
		var _ = this.retries.scheduleWithFixedDelay(this::reconcileAll, RETRY.toMillis(), RETRY.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	private void reconcileAll() {
		List<BufferSlot> open = this.slots.values()
			.stream()
			.filter((slot) -> slot.state() == BufferState.PREPARING || slot.state() == BufferState.FAILED)
			.sorted(Comparator.comparing((slot) -> slot.declaration.createdAt()))
			.toList();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> tries = open.stream().<Future<?>>map((slot) -> threads.submit(() -> retry(slot))).toList();
			tries.forEach(Future::state);
		}
	}

	private void retry(BufferSlot slot) {
		String before = slot.failure;
		ProblemException problem = this.reconciler.reconcile(slot);
		BufferKey key = slot.declaration.key();
		if (problem != null && !problem.detail().equals(before)) {
			log.warn("Buffer {} of {} is not in memory: {}", key.name(), key.tenant(), problem.detail());
			changed(slot);
		}
		else if (problem == null && before != null) {
			log.info("Buffer {} of {} is in memory again", key.name(), key.tenant());
			changed(slot);
		}
	}

	/**
	 * Declares a buffer and brings it into memory. The same declaration again changes
	 * nothing.
	 * @param key what it is to be called
	 * @param spec what it is to be
	 * @return what is there now
	 * @throws ProblemException {@link Problem#BAD_NAME}, {@link Problem#ALREADY_EXISTS}
	 * if the name has another declaration, {@link Problem#IN_USE} while an earlier one is
	 * being deleted, {@link Problem#QUOTA_EXCEEDED}, {@link Problem#NO_SPACE}: nothing is
	 * declared then
	 */
	public Declared declare(BufferKey key, BufferSpec spec) {
		return declare(key, spec, Precondition.none());
	}

	/**
	 * Declares a buffer of which something is demanded.
	 * @see #declare(BufferKey, BufferSpec)
	 */
	public Declared declare(BufferKey key, BufferSpec spec, Precondition<BufferStatus> demanded) {
		ResourceName.require("buffer", key.name());
		BufferSlot slot;
		this.declaring.lock();
		try {
			BufferSlot there = this.slots.get(key);
			demanded.check((there != null) ? there.status() : null);
			if (there != null) {
				return again(there, spec);
			}
			this.quota.require(key.tenant(), spec.sizeBytes(), use(key.tenant()));
			BufferDeclaration declaration = new BufferDeclaration(key, UUID.randomUUID(), spec,
					this.clock.instant().truncatedTo(ChronoUnit.MILLIS));
			slot = new BufferSlot(declaration);
			this.table.insert(declaration);
			this.listener.declared(declaration);
			this.slots.put(key, slot);
		}
		finally {
			this.declaring.unlock();
		}
		ProblemException problem = this.reconciler.reconcile(slot);
		if (problem != null) {
			undeclare(slot);
			this.reconciler.reconcile(slot);
			throw problem;
		}
		slot.shown = true;
		this.followers.forEach((follower) -> follower.created(slot.status()));
		return new Declared(slot.status(), true);
	}

	private static Declared again(BufferSlot there, BufferSpec spec) {
		if (!there.wanted) {
			throw new ProblemException(Problem.IN_USE,
					"The buffer of this name is being deleted: something still uses its memory");
		}
		if (!there.declaration.spec().equals(spec)) {
			throw new ProblemException(Problem.ALREADY_EXISTS,
					"A buffer of this name has another size or other pages; take another name");
		}
		return new Declared(there.status(), false);
	}

	/**
	 * Ends a buffer, and the mappings of it. Its bytes are gone.
	 * @param key what it is called
	 * @param limit how long to wait for whoever uses it
	 * @return {@code false} if its memory is still in use: it goes when that has ended
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public boolean delete(BufferKey key, Duration limit) {
		return end(key, Precondition.none()).await(limit);
	}

	/**
	 * Begins to end a buffer, or finds that this has begun.
	 * @param demanded of what is there
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	Ending end(BufferKey key, Precondition<BufferStatus> demanded) {
		BufferSlot slot;
		this.declaring.lock();
		try {
			slot = this.slots.get(key);
			demanded.check((slot != null) ? slot.status() : null);
			if (slot == null) {
				throw BufferHandle.notFound(key);
			}
			boolean first = slot.wanted;
			undeclare(slot);
			if (first) {
				changed(slot);
			}
		}
		finally {
			this.declaring.unlock();
		}
		this.reconciler.reconcile(slot);
		return new Ending(slot);
	}

	/**
	 * Does something for a tenant that has no buffers, and gets none meanwhile.
	 * @throws ProblemException {@link Problem#IN_USE} if it has some
	 */
	public void whileUnused(String tenant, Runnable work) {
		this.declaring.lock();
		try {
			int count = use(tenant).count();
			if (count > 0) {
				throw new ProblemException(Problem.IN_USE,
						"The tenant has buffers (%d): delete them first".formatted(count))
					.with("buffers", count);
			}
			work.run();
		}
		finally {
			this.declaring.unlock();
		}
	}

	private void undeclare(BufferSlot slot) {
		this.declaring.lock();
		try {
			if (slot.wanted) {
				this.table.delete(slot.declaration.uuid());
				slot.wanted = false;
				this.listener.undeclared(slot.declaration.uuid());
			}
		}
		finally {
			this.declaring.unlock();
		}
	}

	/**
	 * A buffer that can be used.
	 * @throws ProblemException {@link Problem#NOT_FOUND}, or {@link Problem#OVERLOADED}
	 * if it is not in memory
	 */
	public BufferHandle open(BufferKey key) {
		BufferSlot slot = require(key);
		BufferHandle handle = slot.handle;
		if (handle == null) {
			String failure = slot.failure;
			throw new ProblemException(Problem.OVERLOADED, "The buffer %s is not in memory%s".formatted(key.name(),
					(failure != null) ? ": " + failure : " yet"))
				.with("retryable", true);
		}
		return handle;
	}

	private BufferSlot require(BufferKey key) {
		BufferSlot slot = this.slots.get(key);
		if (slot == null || !slot.wanted) {
			throw BufferHandle.notFound(key);
		}
		return slot;
	}

	/**
	 * A buffer that is declared, in memory or not.
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public BufferDeclaration declaration(BufferKey key) {
		return require(key).declaration;
	}

	/**
	 * What there is of a name, one that is being deleted included.
	 */
	public Optional<BufferStatus> find(BufferKey key) {
		return Optional.ofNullable(this.slots.get(key)).map(BufferSlot::status);
	}

	/**
	 * A tenant's buffers, those that are being deleted included.
	 * @return in no particular order
	 */
	public List<BufferStatus> list(String tenant) {
		return this.slots.values()
			.stream()
			.filter((slot) -> slot.declaration.key().tenant().equals(tenant))
			.map(BufferSlot::status)
			.toList();
	}

	/**
	 * What is declared, of all tenants together.
	 * @return bytes
	 */
	public long declaredBytes() {
		return this.slots.values()
			.stream()
			.filter((slot) -> slot.wanted)
			.mapToLong((slot) -> slot.declaration.spec().sizeBytes())
			.sum();
	}

	/**
	 * What a tenant has, with what has not gone yet.
	 */
	public Use use(String tenant) {
		List<BufferStatus> buffers = list(tenant);
		return new Use(buffers.size(),
				buffers.stream().mapToLong((buffer) -> buffer.declaration().spec().sizeBytes()).sum());
	}

	/**
	 * What each tenant has that has any, with what has not gone yet.
	 */
	public Map<String, Use> uses() {
		Map<String, Use> uses = new HashMap<>();
		this.slots.values()
			.forEach((slot) -> uses.merge(slot.declaration.key().tenant(),
					new Use(1, slot.declaration.spec().sizeBytes()), Use::plus));
		return uses;
	}

	/**
	 * Lets go of all memory. What is declared stays declared.
	 */
	@Override
	public void close() {
		this.closing = true;
		this.retries.shutdownNow();
		List<BufferSlot> all = List.copyOf(this.slots.values());
		long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
		for (BufferSlot slot : all) {
			slot.wanted = false;
			this.reconciler.reconcile(slot);
		}
		for (BufferSlot slot : all) {
			if (!slot.awaitGone(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
				log.warn("Buffer {} of {} is still in use", slot.declaration.key().name(),
						slot.declaration.key().tenant());
			}
		}
		this.reconciler.close();
	}

	/**
	 * The answer to a declaration.
	 *
	 * @param status what is there now
	 * @param created whether it was declared by this call
	 */
	public record Declared(BufferStatus status, boolean created) {

	}

	/**
	 * The end of a buffer that has begun.
	 */
	static final class Ending {

		private final BufferSlot slot;

		private Ending(BufferSlot slot) {
			this.slot = slot;
		}

		BufferDeclaration declaration() {
			return this.slot.declaration;
		}

		boolean await(Duration limit) {
			return this.slot.awaitGone(limit);
		}

		CompletableFuture<Void> gone() {
			return this.slot.gone;
		}

	}

	/**
	 * What a tenant has in buffers.
	 *
	 * @param count how many
	 * @param bytes their memory
	 */
	public record Use(int count, long bytes) {

		/** Of who has none. */
		public static final Use NONE = new Use(0, 0);

		Use plus(Use more) {
			return new Use(this.count + more.count, this.bytes + more.bytes);
		}

	}

}
