package dev.holdfast.mapping;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferListener;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tenants' mappings. What is declared is in the catalog and survives; what is made of it
 * follows buffers and volumes as they come, change and go. Any thread.
 */
public final class Mappings implements BufferListener, VolumeListener, AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Mappings.class);

	private final MappingTable table;

	private final Clock clock;

	private final Duration patience;

	private final MappingQuota quota;

	private final PremapBudget budget;

	private final MappingReconciler reconciler;

	private final Fallbacks fallbacks = new Fallbacks();

	private final Fallbacks demotions = new Fallbacks();

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final Map<UUID, BufferMappings> buffers = new ConcurrentHashMap<>();

	private final Map<UUID, VolumeHandle> volumes = new ConcurrentHashMap<>();

	/**
	 * What the catalog declares; it is made as buffers and volumes come.
	 * @param deviceLimit bytes that may be premapped to a device
	 * @param patience how long a request waits for what it asked for to be made
	 */
	public Mappings(Catalog catalog, Clock clock, IoEngine engine, MappingQuota quota, long deviceLimit,
			Duration patience) {
		this.table = new MappingTable(catalog);
		this.clock = clock;
		this.patience = patience;
		this.quota = quota;
		this.budget = new PremapBudget(engine, quota::premappedBytes, deviceLimit,
				(premap, member) -> this.demotions.count(member.deviceName(), Reason.Code.DEMOTED), this.threads);
		this.reconciler = new MappingReconciler(this.budget, clock);
		for (MappingDeclaration declaration : this.table.load()) {
			of(declaration.buffer()).add(new Mapping(declaration));
		}
	}

	private BufferMappings of(UUID buffer) {
		return this.buffers.computeIfAbsent(buffer, (name) -> new BufferMappings());
	}

	/**
	 * Declares mappings, all or none of them (mapping contract, rules 7, 8 and 10).
	 * @param requests what is asked for; one that is there already, the same, changes
	 * nothing
	 * @return what is there now, in the same order
	 * @throws ProblemException {@link Problem#ALREADY_MAPPED} if one is there and
	 * different, {@link Problem#QUOTA_EXCEEDED}, {@link Problem#NOT_SUPPORTED},
	 * {@link Problem#PREMAP_NOT_PERMITTED}: nothing is declared then
	 */
	public List<Declared> declare(List<Request> requests) {
		return locked(requests.stream().map(Request::buffer).map(Mappings::id).toList(), () -> declareLocked(requests));
	}

	private List<Declared> declareLocked(List<Request> requests) {
		List<Mapping> fresh = new ArrayList<>();
		List<Mapping> asked = new ArrayList<>();
		for (Request request : requests) {
			Mapping there = find(request.buffer(), request.volume(), fresh);
			if (there != null && !there.spec().equals(request.spec())) {
				throw new ProblemException(Problem.ALREADY_MAPPED,
						"Buffer %s is mapped to volume %s with another tier or onStale: change that with PATCH"
							.formatted(request.buffer().key().name(), request.volume().volume().key().name()));
			}
			if (there == null) {
				there = fresh(request);
				fresh.add(there);
			}
			asked.add(there);
		}
		if (!fresh.isEmpty()) {
			String tenant = requests.getFirst().buffer().key().tenant();
			this.quota.require(tenant, count(tenant), fresh.size());
			make(fresh);
		}
		List<Declared> answer = new ArrayList<>();
		for (int i = 0; i < asked.size(); i++) {
			Mapping mapping = asked.get(i);
			MappingStatus status = status(mapping, requests.get(i).buffer(), requests.get(i).volume());
			answer.add(new Declared(status, fresh.contains(mapping)));
		}
		return answer;
	}

	/**
	 * Does something while nobody else changes what is declared of these buffers.
	 */
	private <T> T locked(Collection<UUID> buffers, Supplier<T> action) {
		List<ReentrantLock> locks = buffers.stream().distinct().sorted().map((buffer) -> of(buffer).lock).toList();
		locks.forEach(ReentrantLock::lock);
		try {
			return action.get();
		}
		finally {
			locks.reversed().forEach(ReentrantLock::unlock);
		}
	}

	private static UUID id(BufferHandle buffer) {
		return buffer.declaration().uuid();
	}

	private @Nullable Mapping find(BufferHandle buffer, VolumeHandle volume, List<Mapping> fresh) {
		UUID bufferId = id(buffer);
		return fresh.stream()
			.filter((mapping) -> mapping.buffer.equals(bufferId) && mapping.volume.equals(volume.uuid()))
			.findFirst()
			.orElseGet(() -> find(bufferId, volume.uuid()));
	}

	private @Nullable Mapping find(UUID buffer, UUID volume) {
		BufferMappings ofBuffer = this.buffers.get(buffer);
		return (ofBuffer != null) ? ofBuffer.find(volume) : null;
	}

	private Mapping fresh(Request request) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		Mapping mapping = new Mapping(new MappingDeclaration(request.buffer().declaration().uuid(),
				request.volume().uuid(), request.spec(), now));
		mapping.memory = request.buffer();
		mapping.blocks = request.volume();
		return mapping;
	}

	/**
	 * Makes mappings one after the other, and at the first that is refused unmakes those
	 * before it in reverse. They are declared once all are made.
	 */
	private void make(List<Mapping> fresh) {
		List<Mapping> done = new ArrayList<>();
		boolean declared = false;
		try {
			for (Mapping mapping : fresh) {
				done.add(mapping);
				await(reconcile(mapping, false));
				requireTier(mapping);
			}
			this.table.insert(fresh.stream().map(Mapping::declaration).toList());
			fresh.forEach((mapping) -> of(mapping.buffer).add(mapping));
			declared = true;
		}
		finally {
			if (!declared) {
				for (Mapping mapping : done.reversed()) {
					mapping.wanted = false;
					await(reconcile(mapping, false));
				}
			}
		}
		// What came or went while they were made.
		fresh.forEach(this::follow);
	}

	/** Makes true what is declared of a mapping, or undoes it once nothing is. */
	private CompletableFuture<Void> reconcile(Mapping mapping, boolean anew) {
		CompletableFuture<Void> begun = this.reconciler.reconcile(mapping, anew);
		of(mapping.buffer).begun(begun);
		return begun;
	}

	/** Nobody waits for it but the buffer's memory. */
	private void reconcile(Mapping mapping) {
		var _ = reconcile(mapping, false);
	}

	/** An explicit tier is had or refused; one that is only late is not refused. */
	private static void requireTier(Mapping mapping) {
		if (mapping.spec().tier() == TierChoice.DMA) {
			for (Member member : mapping.members()) {
				Reason refusal = member.refusal();
				if (refusal != null) {
					throw refusal.problem();
				}
			}
		}
	}

	/**
	 * Waits for what was begun, though not for ever: what is late goes on by itself.
	 */
	private boolean await(CompletableFuture<Void> begun) {
		try {
			begun.get(this.patience.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException ex) {
			log.error("A mapping was not made or ended as it should", ex.getCause());
			return true;
		}
	}

	/**
	 * Changes what is asked of a mapping. The member in use stays until the new one is
	 * made.
	 * @throws ProblemException as {@link #declare}, and then nothing is changed;
	 * {@link Problem#NOT_FOUND}
	 */
	public MappingStatus change(BufferHandle buffer, VolumeHandle volume, MappingSpec spec) {
		return locked(List.of(id(buffer)), () -> {
			Mapping mapping = require(buffer, volume);
			MappingDeclaration before = mapping.declaration();
			mapping.declare(before.with(spec));
			boolean declared = false;
			try {
				await(reconcile(mapping, false));
				requireTier(mapping);
				this.table.update(mapping.declaration());
				declared = true;
			}
			finally {
				if (!declared) {
					mapping.declare(before);
					await(reconcile(mapping, false));
				}
			}
			return status(mapping, buffer, volume);
		});
	}

	/**
	 * Makes every member again.
	 */
	public MappingStatus remap(BufferHandle buffer, VolumeHandle volume) {
		Mapping mapping = require(buffer, volume);
		await(reconcile(mapping, true));
		return status(mapping, buffer, volume);
	}

	/**
	 * Ends a mapping.
	 * @return {@code false} if I/O in flight still uses it: it ends with that
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public boolean delete(BufferHandle buffer, VolumeHandle volume) {
		Mapping mapping = locked(List.of(id(buffer)), () -> {
			Mapping there = require(buffer, volume);
			this.table.delete(List.of(there));
			of(there.buffer).drop(there);
			return there;
		});
		return await(reconcile(mapping, false));
	}

	private Mapping require(BufferHandle buffer, VolumeHandle volume) {
		Mapping mapping = find(id(buffer), volume.uuid());
		if (mapping == null) {
			throw new ProblemException(Problem.NOT_FOUND, "Buffer %s is not mapped to volume %s"
				.formatted(buffer.key().name(), volume.volume().key().name()));
		}
		return mapping;
	}

	public Optional<MappingStatus> find(BufferHandle buffer, VolumeHandle volume) {
		return Optional.ofNullable(find(id(buffer), volume.uuid())).map((mapping) -> status(mapping, buffer, volume));
	}

	/**
	 * Mappings of a buffer whose volumes are known.
	 */
	public List<MappingStatus> list(BufferHandle buffer) {
		return of(id(buffer)).all().stream().<MappingStatus>mapMulti((mapping, sink) -> {
			VolumeHandle volume = mapping.blocks;
			if (volume != null) {
				sink.accept(status(mapping, buffer, volume));
			}
		}).toList();
	}

	private static MappingStatus status(Mapping mapping, BufferHandle buffer, VolumeHandle volume) {
		return new MappingStatus(
				new MappingKey(buffer.key().tenant(), buffer.key().name(), volume.volume().key().name()),
				mapping.declaration(), mapping.status());
	}

	private int count(String tenant) {
		return memories().filter((buffer) -> buffer.key().tenant().equals(tenant))
			.mapToInt((buffer) -> of(id(buffer)).all().size())
			.sum();
	}

	private Stream<BufferHandle> memories() {
		return this.buffers.values().stream().map(BufferMappings::memory).filter(Objects::nonNull);
	}

	/**
	 * How I/O with a buffer gets to a volume, mapped or not.
	 */
	public Route route(BufferHandle buffer, VolumeHandle volume) {
		return new Route(buffer, find(id(buffer), volume.uuid()), this.fallbacks);
	}

	private void follow(Mapping mapping) {
		BufferHandle memory = of(mapping.buffer).memory();
		VolumeHandle volume = this.volumes.get(mapping.volume);
		mapping.memory = memory;
		mapping.blocks = volume;
		reconcile(mapping);
	}

	@Override
	public void ready(BufferHandle buffer) {
		BufferMappings ofBuffer = of(id(buffer));
		ofBuffer.memory(buffer);
		ofBuffer.all().forEach(this::follow);
	}

	@Override
	public CompletableFuture<Void> leaving(BufferHandle buffer) {
		BufferMappings ofBuffer = of(id(buffer));
		return locked(List.of(id(buffer)), () -> {
			ofBuffer.memory(null);
			for (Mapping mapping : ofBuffer.all()) {
				mapping.memory = null;
				reconcile(mapping);
			}
			return ofBuffer.ended();
		});
	}

	@Override
	public void undeclared(UUID buffer) {
		forget(List.copyOf(of(buffer).all()));
	}

	@Override
	public void changed(VolumeHandle volume) {
		this.volumes.put(volume.uuid(), volume);
		for (Mapping mapping : ofVolume(volume.uuid())) {
			mapping.blocks = volume;
			reconcile(mapping);
		}
	}

	@Override
	public void ended(VolumeHandle volume) {
		this.volumes.remove(volume.uuid(), volume);
		forget(ofVolume(volume.uuid()));
	}

	private List<Mapping> ofVolume(UUID volume) {
		return this.buffers.values()
			.stream()
			.map((ofBuffer) -> ofBuffer.find(volume))
			.<Mapping>mapMulti((mapping, sink) -> {
				if (mapping != null) {
					sink.accept(mapping);
				}
			})
			.toList();
	}

	private void forget(List<Mapping> gone) {
		if (gone.isEmpty()) {
			return;
		}
		locked(gone.stream().map((mapping) -> mapping.buffer).toList(), () -> {
			this.table.delete(gone);
			gone.forEach((mapping) -> of(mapping.buffer).drop(mapping));
			return gone;
		}).forEach(this::reconcile);
	}

	/**
	 * Every member on a device.
	 */
	public List<MappingStatus> onDevice(UUID device) {
		Predicate<MemberStatus> there = (member) -> member.device().equals(device);
		return memories().flatMap((buffer) -> list(buffer).stream())
			.filter((mapping) -> mapping.members().stream().anyMatch(there))
			.toList();
	}

	public long premappedBytes(String tenant) {
		return this.budget.tenantBytes(tenant);
	}

	@Override
	public void close() {
		this.threads.shutdown();
	}

	/**
	 * A mapping that is asked for.
	 *
	 * @param buffer in memory
	 * @param volume of the same tenant
	 * @param spec how
	 */
	public record Request(BufferHandle buffer, VolumeHandle volume, MappingSpec spec) {

	}

	/**
	 * The answer to a declaration.
	 *
	 * @param status what is there now
	 * @param created whether it was declared by this call
	 */
	public record Declared(MappingStatus status, boolean created) {

	}

}
