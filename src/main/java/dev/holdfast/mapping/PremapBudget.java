package dev.holdfast.mapping;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.contract.ByteSize;
import dev.holdfast.device.Device;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.IoEngine;
import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is premapped, and what may be: long-lived mappings starve an IOMMU.
 * When a budget is full, what has been idle longest makes room (mapping contract, rule
 * 11), and the new mapping is made only once the old one has ended: what is mapped never
 * exceeds the budget. All state is guarded by its monitor; nothing in it blocks.
 */
final class PremapBudget {

	static final Reason DEMOTED = new Reason(Reason.Code.DEMOTED, "others needed its room of the premapped bytes");

	private final IoEngine engine;

	private final ToLongFunction<String> tenantLimit;

	private final long deviceLimit;

	private final Listener listener;

	private final Executor executor;

	private final Runnable whenRoom;

	private final Map<Premap.Key, Premap> premaps = new HashMap<>();

	/**
	 * A budget.
	 * @param tenantLimit bytes that a tenant may premap; 0 if it may not
	 * @param deviceLimit bytes that may be premapped to a device
	 * @param executor goes on where something has ended
	 * @param whenRoom called when something has ended; must not block
	 */
	PremapBudget(IoEngine engine, ToLongFunction<String> tenantLimit, long deviceLimit, Listener listener,
			Executor executor, Runnable whenRoom) {
		this.engine = engine;
		this.tenantLimit = tenantLimit;
		this.deviceLimit = deviceLimit;
		this.listener = listener;
		this.executor = executor;
		this.whenRoom = whenRoom;
	}

	/**
	 * Why a buffer cannot be premapped to a device at all, whatever others have.
	 * @return {@code null} if it can
	 */
	@Nullable Reason refusal(BufferHandle buffer, Device device) {
		if (buffer.io().tier() == Tier.NONE) {
			return new Reason(Reason.Code.NOT_REGISTERED, "the buffer is not registered: " + buffer.io().refusal());
		}
		String cannot = this.engine.premapping().refusal(device.io());
		if (cannot != null) {
			return new Reason(Reason.Code.NOT_SUPPORTED, cannot);
		}
		if (limit(buffer) == 0) {
			return new Reason(Reason.Code.PREMAP_NOT_PERMITTED, "the tenant's quota premappedBytes is 0");
		}
		return null;
	}

	/** The service's own memory has no limit but the device's. */
	private long limit(BufferHandle buffer) {
		return buffer.key().ofSystem() ? Long.MAX_VALUE : this.tenantLimit.applyAsLong(buffer.key().tenant());
	}

	/**
	 * Premaps a buffer for a member, or joins those who have.
	 * @param demotes whether others may have to make room for it
	 * @return the premapping, to be given back by {@link #release}, or why there is none
	 */
	synchronized Answer acquire(Member member, BufferHandle buffer, Device device, boolean demotes) {
		Reason refusal = refusal(buffer, device);
		if (refusal != null) {
			return new Answer(null, refusal);
		}
		Premap.Key key = new Premap.Key(buffer.declaration().uuid(), device.uuid(), device.generation());
		Premap premap = this.premaps.get(key);
		if (premap == null) {
			List<Premap> victims = new ArrayList<>();
			Reason full = makeRoom(buffer, device, demotes, victims);
			if (full != null) {
				return new Answer(null, full);
			}
			CompletableFuture<?>[] ended = victims.stream().map(this::demote).toArray(CompletableFuture<?>[]::new);
			premap = new Premap(key, buffer, CompletableFuture.allOf(ended)
				.thenCompose((nothing) -> this.engine.premapping().map(buffer.io(), device.io())));
			this.premaps.put(key, premap);
		}
		premap.users.add(member);
		return new Answer(premap, null);
	}

	/**
	 * Chooses who has to go; nothing is done yet.
	 * @return why it is not possible
	 */
	private @Nullable Reason makeRoom(BufferHandle buffer, Device device, boolean demotes, List<Premap> victims) {
		String tenant = buffer.key().tenant();
		long size = buffer.size();
		long tenantLimit = limit(buffer);
		Predicate<Premap> ofTenant = (premap) -> premap.tenant().equals(tenant);
		Predicate<Premap> onDevice = (premap) -> premap.key.device().equals(device.uuid());
		if (size > tenantLimit || size > this.deviceLimit) {
			return full((tenantLimit < this.deviceLimit) ? "tenant" : "device", Math.min(tenantLimit, this.deviceLimit),
					0, size);
		}
		while (bytes(ofTenant, victims) + size > tenantLimit) {
			Premap victim = demotes ? idlest(ofTenant, victims) : null;
			if (victim == null) {
				return full("tenant", tenantLimit, bytes(ofTenant, victims), size);
			}
			victims.add(victim);
		}
		while (bytes(onDevice, victims) + size > this.deviceLimit) {
			Premap victim = demotes ? idlest(onDevice.and(aboveShare(device.uuid(), tenant, size, victims)), victims)
					: null;
			if (victim == null) {
				return full("device", this.deviceLimit, bytes(onDevice, victims), size);
			}
			victims.add(victim);
		}
		return null;
	}

	private static Reason full(String whose, long limit, long used, long asked) {
		return new Reason(Reason.Code.QUOTA_EXCEEDED,
				"the %s may have %s premapped, of which %s are in use by what cannot make room; %s more were asked for"
					.formatted(whose, new ByteSize(limit), new ByteSize(used), new ByteSize(asked)));
	}

	/**
	 * Tenants that have more of the device than their equal share, with whoever asks
	 * counted in.
	 */
	private Predicate<Premap> aboveShare(UUID device, String asker, long asked, List<Premap> without) {
		Map<String, Long> held = new HashMap<>();
		held.put(asker, asked);
		this.premaps.values()
			.stream()
			.filter((premap) -> premap.key.device().equals(device) && !without.contains(premap))
			.forEach((premap) -> held.merge(premap.tenant(), premap.bytes(), Long::sum));
		long share = this.deviceLimit / held.size();
		return (premap) -> held.getOrDefault(premap.tenant(), 0L) > share;
	}

	private @Nullable Premap idlest(Predicate<Premap> which, List<Premap> without) {
		return this.premaps.values()
			.stream()
			.filter((premap) -> !premap.asked() && !without.contains(premap) && which.test(premap))
			.min(Comparator.comparingLong((premap) -> premap.lastUsed() - System.nanoTime()))
			.orElse(null);
	}

	private long bytes(Predicate<Premap> which, List<Premap> without) {
		return this.premaps.values()
			.stream()
			.filter((premap) -> which.test(premap) && !without.contains(premap))
			.mapToLong(Premap::bytes)
			.sum();
	}

	private CompletableFuture<Void> demote(Premap premap) {
		for (Member member : premap.users) {
			if (member.demote(premap, premap.buffer.io(), DEMOTED)) {
				this.listener.demoted(premap, member);
			}
		}
		premap.users.clear();
		return end(premap);
	}

	/**
	 * Hands a premapping that is made to the member, unless it was taken away while it
	 * was being made.
	 * @param handover that the member takes it by; must not block or call back
	 * @return whether that was done, and what the member gives back for it
	 */
	synchronized Handover hand(Member member, Premap premap, Supplier<@Nullable Premap> handover) {
		return premap.users.contains(member) ? new Handover(true, handover.get()) : new Handover(false, null);
	}

	/**
	 * Gives back what a member had.
	 * @return completes when nothing is in flight that uses it and it is unmapped, or at
	 * once if others still have it
	 */
	synchronized CompletableFuture<Void> release(Member member, Premap premap) {
		if (premap.users.remove(member) && premap.users.isEmpty()) {
			return end(premap);
		}
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * The last use may end on a thread of the engine, which is not to do what follows.
	 */
	private CompletableFuture<Void> end(Premap premap) {
		this.premaps.remove(premap.key, premap);
		CompletableFuture<Void> ended = premap.made.handle((io, failure) -> (failure == null) ? io : null)
			.thenCompose((io) -> (io != null) ? this.engine.unregister(io) : CompletableFuture.completedFuture(null))
			.thenApplyAsync(Function.identity(), this.executor);
		var _ = ended.thenRun(this.whenRoom);
		return ended;
	}

	synchronized long tenantBytes(String tenant) {
		return bytes((premap) -> premap.tenant().equals(tenant), List.of());
	}

	/** Of each tenant that has any. */
	synchronized Map<String, Long> tenants() {
		Map<String, Long> bytes = new HashMap<>();
		this.premaps.values().forEach((premap) -> bytes.merge(premap.tenant(), premap.bytes(), Long::sum));
		return bytes;
	}

	synchronized long deviceBytes(UUID device) {
		return bytes((premap) -> premap.key.device().equals(device), List.of());
	}

	/**
	 * One of the two.
	 *
	 * @param premap what was asked for
	 * @param refusal why there is none
	 */
	record Answer(@Nullable Premap premap, @Nullable Reason refusal) {

	}

	/**
	 * What came of a handover.
	 *
	 * @param done whether the member had it still
	 * @param old what the member gives back
	 */
	record Handover(boolean done, @Nullable Premap old) {

	}

	/**
	 * Hears of demotions. Must not block or call back.
	 */
	interface Listener {

		void demoted(Premap premap, Member member);

	}

}
