package dev.holdfast.mapping;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

import dev.holdfast.buffer.BufferDeclaration;
import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferListener;
import dev.holdfast.catalog.Catalog;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Devices;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.tenant.TenantListener;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeListener;
import org.jspecify.annotations.Nullable;

/**
 * Tenants' mappings. What is declared is in the catalog and survives; what is made of it
 * follows buffers and volumes as they come, change and go. Any thread.
 */
public final class Mappings implements BufferListener, VolumeListener, AutoCloseable {

	private final MappingTable table;

	private final Clock clock;

	private final BoundedWait patience;

	private final MappingRoom room;

	private final PremapBudget budget;

	private final MappingReconciler reconciler;

	private final Fallbacks fallbacks = new Fallbacks();

	private final Fallbacks demotions = new Fallbacks();

	private final MapTimes times = new MapTimes();

	private final MappingStatistics statistics;

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final MappingRegistry registry = new MappingRegistry();

	private final MappingNews news = new MappingNews(this.registry);

	private final WaitingMappings waiting;

	/** By the identity of the volume. */
	private final Map<UUID, Reach> reaches = new ConcurrentHashMap<>();

	/**
	 * What the catalog declares; it is made as buffers and volumes come.
	 * @param deviceLimit bytes that may be premapped to a device
	 * @param patience how long a request waits for what it asked for to be made
	 */
	public Mappings(Catalog catalog, Clock clock, IoEngine engine, MappingQuota quota, long deviceLimit,
			Duration patience) {
		this.table = new MappingTable(catalog);
		this.clock = clock;
		this.patience = new BoundedWait(patience);
		this.room = new MappingRoom(quota, this.registry::count);
		this.budget = new PremapBudget(engine, quota::premappedBytes, deviceLimit, this::demoted, this.threads,
				this::look);
		this.reconciler = new MappingReconciler(this.budget, clock, this.times, this.news::made, this.threads);
		this.statistics = new MappingStatistics(this.registry, this.budget, this.fallbacks, this.demotions, this.times);
		this.waiting = new WaitingMappings(this.registry, this.reconciler, this.threads);
		for (MappingDeclaration declaration : this.table.load()) {
			Mapping mapping = new Mapping(declaration);
			this.registry.of(declaration.buffer()).add(mapping);
			this.news.present(mapping);
		}
	}

	private void look() {
		this.waiting.look();
	}

	/**
	 * Who hears of quotas that become larger.
	 */
	public TenantListener waiting() {
		return this.waiting;
	}

	/**
	 * All volumes are known now: what is of another one is forgotten. A volume goes
	 * first, and a crash may come in between.
	 */
	public void volumesKnown() {
		forget(this.registry.all().filter((mapping) -> !this.reaches.containsKey(mapping.volume)).toList());
	}

	/**
	 * Maps the service's own memory to each device there is, as long as it is there.
	 */
	public void follow(Devices devices) {
		EveryDevice every = new EveryDevice(devices,
				(reach) -> this.patience.await(changed(MappingDeclaration.EVERY_VOLUME, reach)));
		every.changed();
		devices.follow(every);
	}

	/**
	 * Whom to tell what becomes of mappings from now on.
	 */
	public void follow(MappingFollower follower) {
		this.news.follow(follower);
	}

	private void demoted(Premap premap, Member member) {
		this.demotions.count(member.deviceName(), Reason.Code.DEMOTED);
		this.news.demoted(premap.key.buffer(), member);
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
	public List<DeclaredMapping> declare(List<WantedMapping> requests) {
		return declare(requests, Precondition.none());
	}

	/**
	 * Declares mappings of each of which something is demanded.
	 * @see #declare(List)
	 */
	public List<DeclaredMapping> declare(List<WantedMapping> requests, Precondition<MappingStatus> demanded) {
		return this.registry.locked(requests.stream().map(WantedMapping::buffer).map(Mappings::id).toList(),
				() -> declareLocked(requests, demanded));
	}

	private List<DeclaredMapping> declareLocked(List<WantedMapping> requests, Precondition<MappingStatus> demanded) {
		List<Mapping> fresh = new ArrayList<>();
		List<Mapping> asked = new ArrayList<>();
		for (WantedMapping request : requests) {
			this.registry.requireDeclared(request.buffer());
			BufferDeclaration buffer = request.buffer().declaration();
			Mapping there = find(request.buffer(), request.volume(), fresh);
			demanded.check((there != null) ? MappingRegistry.status(there, buffer, request.volume()) : null);
			if (there != null && !there.wanted) {
				throw new ProblemException(Problem.IN_USE,
						"Buffer %s is being unmapped from volume %s: I/O in flight still uses that"
							.formatted(request.buffer().key().name(), request.volume().volume().key().name()));
			}
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
			try (MappingRoom.Taken room = this.room.take(tenant, fresh.size())) {
				make(fresh);
			}
		}
		List<DeclaredMapping> answer = new ArrayList<>();
		for (int i = 0; i < asked.size(); i++) {
			Mapping mapping = asked.get(i);
			MappingStatus status = MappingRegistry.status(mapping, requests.get(i).buffer().declaration(),
					requests.get(i).volume());
			answer.add(new DeclaredMapping(status, fresh.contains(mapping)));
		}
		return answer;
	}

	private static UUID id(BufferHandle buffer) {
		return buffer.declaration().uuid();
	}

	private @Nullable Mapping find(BufferHandle buffer, VolumeHandle volume, List<Mapping> fresh) {
		UUID bufferId = id(buffer);
		return fresh.stream()
			.filter((mapping) -> mapping.buffer.equals(bufferId) && mapping.volume.equals(volume.uuid()))
			.findFirst()
			.orElseGet(() -> this.registry.find(bufferId, volume.uuid()));
	}

	private Mapping fresh(WantedMapping request) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		Mapping mapping = new Mapping(new MappingDeclaration(request.buffer().declaration().uuid(),
				request.volume().uuid(), request.spec(), now));
		mapping.memory = request.buffer();
		mapping.reach = new VolumeReach(request.volume());
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
				this.patience.await(reconcile(mapping, false));
				mapping.requireTier();
			}
			this.table.insert(fresh.stream().map(Mapping::declaration).toList());
			fresh.forEach((mapping) -> this.registry.of(mapping.buffer).add(mapping));
			declared = true;
		}
		finally {
			if (!declared) {
				for (Mapping mapping : done.reversed()) {
					mapping.wanted = false;
					this.patience.await(reconcile(mapping, false));
				}
			}
		}
		// What came or went while they were made.
		fresh.forEach(this::follow);
		List<Mapping> late = fresh.stream().filter((mapping) -> mapping.reach == null).toList();
		if (!late.isEmpty()) {
			forget(late);
			throw new ProblemException(Problem.NOT_FOUND, "The volume was deleted meanwhile");
		}
		fresh.forEach(this.news::created);
	}

	/** Makes true what is declared of a mapping, or undoes it once nothing is. */
	private CompletableFuture<Void> reconcile(Mapping mapping, boolean anew) {
		CompletableFuture<Void> begun = this.reconciler.reconcile(mapping, anew);
		this.registry.of(mapping.buffer).begun(begun);
		return begun;
	}

	/** Nobody waits for it but the buffer's memory. */
	private void reconcile(Mapping mapping) {
		var _ = reconcile(mapping, false);
	}

	/**
	 * Changes what is asked of a mapping. The member in use stays until the new one is
	 * made.
	 * @param demanded of what is there
	 * @throws ProblemException as {@link #declare}, and then nothing is changed;
	 * {@link Problem#NOT_FOUND}
	 */
	public MappingStatus change(BufferDeclaration buffer, VolumeHandle volume, Precondition<MappingStatus> demanded,
			UnaryOperator<MappingSpec> change) {
		return this.registry.locked(List.of(buffer.uuid()), () -> {
			Mapping mapping = require(buffer, volume, demanded);
			MappingDeclaration before = mapping.declaration();
			mapping.declare(before.with(change.apply(before.spec())));
			boolean declared = false;
			try {
				this.patience.await(reconcile(mapping, false));
				mapping.requireTier();
				this.table.update(mapping.declaration());
				declared = true;
				this.news.declared(mapping);
			}
			finally {
				if (!declared) {
					mapping.declare(before);
					this.patience.await(reconcile(mapping, false));
				}
			}
			return MappingRegistry.status(mapping, buffer, volume);
		});
	}

	/**
	 * Makes every member again.
	 */
	public MappingStatus remap(BufferDeclaration buffer, VolumeHandle volume) {
		Mapping mapping = require(buffer, volume, Precondition.none());
		this.patience.await(reconcile(mapping, true));
		return MappingRegistry.status(mapping, buffer, volume);
	}

	/**
	 * Ends a mapping, or finds that this has begun, and waits for the I/O in flight that
	 * uses it, though not for ever: it goes on ending by itself.
	 * @param demanded of what is there
	 * @throws ProblemException {@link Problem#NOT_FOUND}
	 */
	public MappingEnding delete(BufferDeclaration buffer, VolumeHandle volume, Precondition<MappingStatus> demanded) {
		Mapping mapping = this.registry.locked(List.of(buffer.uuid()), () -> {
			Mapping there = this.registry.present(buffer, volume, demanded);
			if (there.wanted) {
				this.table.delete(List.of(there));
				there.wanted = false;
			}
			return there;
		});
		CompletableFuture<Void> gone = reconcile(mapping, false).whenComplete((nothing, failure) -> drop(mapping));
		this.patience.await(gone);
		return new MappingEnding(mapping.declaration(), gone);
	}

	private Mapping require(BufferDeclaration buffer, VolumeHandle volume, Precondition<MappingStatus> demanded) {
		Mapping mapping = this.registry.present(buffer, volume, demanded);
		if (!mapping.wanted) {
			throw MappingRegistry.notMapped(buffer, volume);
		}
		return mapping;
	}

	/**
	 * What there is, one that is ending included.
	 */
	public Optional<MappingStatus> find(BufferDeclaration buffer, VolumeHandle volume) {
		return Optional.ofNullable(this.registry.find(buffer.uuid(), volume.uuid()))
			.map((mapping) -> MappingRegistry.status(mapping, buffer, volume));
	}

	/**
	 * Mappings of a buffer whose volumes are known.
	 */
	public List<MappingStatus> list(BufferDeclaration buffer) {
		return this.registry.list(buffer);
	}

	/**
	 * How many a tenant has.
	 */
	public int count(String tenant) {
		return this.registry.count(tenant);
	}

	/**
	 * How I/O with a buffer gets to a volume, mapped or not.
	 * @return to be closed once the I/O has ended
	 */
	public Route route(BufferHandle buffer, VolumeHandle volume) {
		Mapping mapping = this.registry.find(id(buffer), volume.uuid());
		boolean usable = mapping != null && mapping.uses.acquire() >= 0;
		return new Route(buffer, usable ? mapping : null, this.fallbacks);
	}

	/**
	 * How I/O with a buffer of the service's own gets to every volume.
	 */
	public Route route(BufferHandle buffer) {
		return new Route(buffer, this.registry.find(id(buffer), MappingDeclaration.EVERY_VOLUME), this.fallbacks);
	}

	private void follow(Mapping mapping) {
		BufferHandle memory = this.registry.of(mapping.buffer).memory();
		mapping.memory = memory;
		mapping.reach = this.reaches.get(mapping.volume);
		reconcile(mapping);
	}

	@Override
	public void declared(BufferDeclaration buffer) {
		BufferMappings ofBuffer = this.registry.of(buffer.uuid());
		ofBuffer.buffer(buffer);
		if (buffer.key().ofSystem()) {
			ofBuffer.add(new Mapping(MappingDeclaration.everywhere(buffer)));
		}
	}

	@Override
	public void ready(BufferHandle buffer) {
		BufferMappings ofBuffer = this.registry.of(id(buffer));
		ofBuffer.memory(buffer);
		ofBuffer.all().forEach(this::follow);
	}

	@Override
	public CompletableFuture<Void> leaving(BufferHandle buffer) {
		BufferMappings ofBuffer = this.registry.of(id(buffer));
		return this.registry.locked(List.of(id(buffer)), () -> {
			ofBuffer.memory(null);
			for (Mapping mapping : ofBuffer.all()) {
				mapping.memory = null;
				reconcile(mapping);
			}
			return ofBuffer.ended().thenRun(() -> {
				if (ofBuffer.buffer() == null) {
					this.registry.remove(id(buffer), ofBuffer);
				}
			});
		});
	}

	@Override
	public void undeclared(UUID buffer) {
		BufferMappings ofBuffer = this.registry.of(buffer);
		this.registry.locked(List.of(buffer), () -> {
			ofBuffer.buffer(null);
			return ofBuffer;
		});
		forget(List.copyOf(ofBuffer.all()));
		if (ofBuffer.memory() == null) {
			this.registry.remove(buffer, ofBuffer);
		}
	}

	@Override
	public void changed(VolumeHandle volume) {
		var _ = changed(volume.uuid(), new VolumeReach(volume));
	}

	private CompletableFuture<Void> changed(UUID volume, Reach reach) {
		this.reaches.put(volume, reach);
		return CompletableFuture.allOf(this.registry.ofVolume(volume).stream().map((mapping) -> {
			mapping.reach = reach;
			return reconcile(mapping, false);
		}).toArray(CompletableFuture<?>[]::new));
	}

	@Override
	public void ended(VolumeHandle volume) {
		this.reaches.remove(volume.uuid(), new VolumeReach(volume));
		forget(this.registry.ofVolume(volume.uuid()));
	}

	private void forget(List<Mapping> gone) {
		if (gone.isEmpty()) {
			return;
		}
		this.registry.locked(gone.stream().map((mapping) -> mapping.buffer).toList(), () -> {
			this.table.delete(gone);
			gone.forEach(this::drop);
			return gone;
		}).forEach(this::reconcile);
	}

	private void drop(Mapping mapping) {
		this.registry.drop(mapping);
		this.news.deleted(mapping);
	}

	/**
	 * Every member on a device.
	 */
	public List<MappingStatus> onDevice(UUID device) {
		return this.registry.onDevice(device);
	}

	public MappingStatistics statistics() {
		return this.statistics;
	}

	/**
	 * Makes every member on a device again. What is late goes on by itself.
	 */
	public void remap(UUID device) {
		this.patience.await(CompletableFuture.allOf(this.registry.all()
			.filter((mapping) -> mapping.member(device) != null)
			.map((mapping) -> reconcile(mapping, true))
			.toArray(CompletableFuture<?>[]::new)));
	}

	/**
	 * What a tenant has premapped.
	 */
	public long premappedBytes(String tenant) {
		return this.budget.tenantBytes(tenant);
	}

	@Override
	public void close() {
		this.threads.shutdown();
	}

}
