package dev.holdfast.mapping;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.device.Device;
import dev.holdfast.device.DeviceState;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a mapping what is declared of it, at the start, after each change and after
 * each failure: there is no other way for a member to come, to change or to go.
 * <p>
 * A member that is made anew serves as it is until the new one is complete (mapping
 * contract, rule 3).
 */
final class MappingReconciler {

	private final PremapBudget budget;

	private final Clock clock;

	private final MapTimes times;

	private final Consumer<Mapping> changed;

	private final Executor executor;

	/**
	 * A reconciler.
	 * @param times records how long members took
	 * @param changed hears of mappings whose members may be different; must not block
	 * @param executor goes on where I/O has ended
	 */
	MappingReconciler(PremapBudget budget, Clock clock, MapTimes times, Consumer<Mapping> changed, Executor executor) {
		this.budget = budget;
		this.clock = clock;
		this.times = times;
		this.changed = changed;
		this.executor = executor;
	}

	/**
	 * Closes the difference between what is wanted and what is.
	 * @param anew whether members are to be made again that are made already
	 * @return completes when all that was begun has ended, one way or the other
	 */
	CompletableFuture<Void> reconcile(Mapping mapping, boolean anew) {
		List<CompletableFuture<Void>> begun = new ArrayList<>();
		boolean lost = false;
		mapping.lock.lock();
		try {
			BufferHandle memory = mapping.wanted ? mapping.memory : null;
			Reach reach = mapping.reach;
			List<Device> devices = (memory != null && reach != null) ? online(reach) : List.of();
			Set<UUID> reached = (memory != null && reach != null) ? reach.all() : Set.of();
			Set<UUID> here = devices.stream().map(Device::uuid).collect(Collectors.toSet());
			for (Member member : List.copyOf(mapping.members())) {
				if (!reached.contains(member.device())) {
					begun.add(end(mapping, member));
				}
				else if (!here.contains(member.device())) {
					lost = true;
					begun.add(stale(member));
				}
			}
			for (Device device : devices) {
				begun.add(make(mapping, Objects.requireNonNull(memory), device, anew)
					.whenComplete((nothing, failure) -> this.changed.accept(mapping)));
			}
		}
		finally {
			mapping.lock.unlock();
		}
		if (lost) {
			this.changed.accept(mapping);
		}
		return CompletableFuture.allOf(begun.toArray(CompletableFuture<?>[]::new))
			.whenComplete((nothing, failure) -> this.changed.accept(mapping));
	}

	private static List<Device> online(Reach reach) {
		return reach.devices().stream().filter((device) -> device.state() == DeviceState.ONLINE).toList();
	}

	private CompletableFuture<Void> make(Mapping mapping, BufferHandle memory, Device device, boolean anew) {
		Member member = mapping.member(device.uuid());
		if (member == null || member.ending()) {
			member = new Member(device);
			mapping.add(member);
		}
		Member made = member;
		CompletableFuture<Void> old = (made.form().generation() != device.generation()) ? stale(made)
				: CompletableFuture.completedFuture(null);
		made.remapping(device.generation());
		return CompletableFuture.allOf(old, made.then(() -> {
			TierChoice wanted = mapping.spec().tier();
			made.asks(wanted);
			if (!anew && satisfies(made.form(), wanted, memory)) {
				return CompletableFuture.completedFuture(null);
			}
			CompletableFuture<Void> before = anew ? giveBack(made, made.without(memory.io()))
					: CompletableFuture.completedFuture(null);
			return before.thenCompose((nothing) -> build(made, wanted, memory, device));
		}));
	}

	/** Whether nothing better can be expected of making it again. */
	private static boolean satisfies(Member.Form form, TierChoice wanted, BufferHandle memory) {
		IoBuffer target = form.target();
		if (form.state() != MemberState.MAPPED || target == null) {
			return false;
		}
		return switch (wanted) {
			case DMA, AUTO -> target.tier() == Tier.DMA;
			case BVEC -> target.tier() == memory.io().tier();
			case NONE -> target.tier() == Tier.NONE;
		};
	}

	private CompletableFuture<Void> build(Member member, TierChoice wanted, BufferHandle memory, Device device) {
		long begin = System.nanoTime();
		IoBuffer io = memory.io();
		return switch (wanted) {
			case NONE -> complete(member, device, io.plain(), null, begin);
			case BVEC -> complete(member, device, io, notRegistered(io), begin);
			case AUTO, DMA -> premap(member, wanted, memory, device, begin);
		};
	}

	private static @Nullable Reason notRegistered(IoBuffer io) {
		String refusal = io.refusal();
		return (refusal != null) ? new Reason(Reason.Code.NOT_REGISTERED, refusal) : null;
	}

	private CompletableFuture<Void> premap(Member member, TierChoice wanted, BufferHandle memory, Device device,
			long begin) {
		PremapBudget.Answer answer = this.budget.acquire(member, memory, device, true);
		Premap premap = answer.premap();
		return (premap != null) ? made(member, wanted, memory, device, premap, begin)
				: without(member, wanted, memory, device, answer.refusal(), begin);
	}

	private CompletableFuture<Void> made(Member member, TierChoice wanted, BufferHandle memory, Device device,
			Premap premap, long begin) {
		return premap.made.handle((io, failure) -> (failure == null) ? null : failure)
			.thenCompose((failure) -> (failure == null) ? premapped(member, wanted, memory, device, premap, begin)
					: failed(member, wanted, memory, device, premap, failure, begin));
	}

	private CompletableFuture<Void> premapped(Member member, TierChoice wanted, BufferHandle memory, Device device,
			Premap premap, long begin) {
		IoBuffer target = premap.made.join();
		long micros = took(target, begin);
		PremapBudget.Handover handover = this.budget.hand(member, premap,
				() -> member.mapped(device.generation(), target, null, premap, this.clock.instant(), micros));
		return handover.done() ? giveBack(member, handover.old())
				: without(member, wanted, memory, device, PremapBudget.DEMOTED, begin);
	}

	private CompletableFuture<Void> failed(Member member, TierChoice wanted, BufferHandle memory, Device device,
			Premap premap, Throwable failure, long begin) {
		Reason reason = new Reason(Reason.Code.FAILED, "premapping failed: " + failure.getMessage());
		return this.budget.release(member, premap)
			.thenCompose((nothing) -> without(member, wanted, memory, device, reason, begin));
	}

	private CompletableFuture<Void> without(Member member, TierChoice wanted, BufferHandle memory, Device device,
			@Nullable Reason reason, long begin) {
		if (wanted == TierChoice.AUTO) {
			return complete(member, device, memory.io(), reason, begin);
		}
		if (reason != null) {
			member.refused(reason);
		}
		return CompletableFuture.completedFuture(null);
	}

	private CompletableFuture<Void> complete(Member member, Device device, IoBuffer target, @Nullable Reason reason,
			long begin) {
		Premap old = member.mapped(device.generation(), target, reason, null, this.clock.instant(),
				took(target, begin));
		return giveBack(member, old);
	}

	private long took(IoBuffer made, long begin) {
		long nanos = System.nanoTime() - begin;
		this.times.record(made.tier(), nanos);
		return TimeUnit.NANOSECONDS.toMicros(nanos);
	}

	private CompletableFuture<Void> stale(Member member) {
		Premap held = member.stale();
		return member.then(() -> giveBack(member, held));
	}

	/**
	 * Tries those members again that only want of room keeps from the highest tier.
	 * Nobody else has to go for them.
	 */
	void retry(Mapping mapping) {
		mapping.lock.lock();
		try {
			BufferHandle memory = mapping.memory;
			Reach reach = mapping.reach;
			if (!mapping.wanted || memory == null || reach == null) {
				return;
			}
			for (Device device : online(reach)) {
				Member member = mapping.member(device.uuid());
				if (member != null) {
					var _ = member.then(() -> retry(member, mapping.spec().tier(), memory, device))
						.whenComplete((nothing, failure) -> this.changed.accept(mapping));
				}
			}
		}
		finally {
			mapping.lock.unlock();
		}
	}

	private CompletableFuture<Void> retry(Member member, TierChoice wanted, BufferHandle memory, Device device) {
		Reason lacking = member.lacksRoom(wanted);
		if (lacking != null) {
			PremapBudget.Answer answer = this.budget.acquire(member, memory, device, false);
			Premap premap = answer.premap();
			if (premap != null) {
				return made(member, wanted, memory, device, premap, System.nanoTime());
			}
			if (lacking.code() == Reason.Code.PREMAP_NOT_PERMITTED) {
				return without(member, wanted, memory, device, answer.refusal(), System.nanoTime());
			}
		}
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * Nothing finds the member from here on; what is being made of it is ended as well.
	 * Of a mapping that ends, I/O in flight is awaited (mapping contract, rule 9).
	 */
	private CompletableFuture<Void> end(Mapping mapping, Member member) {
		Premap held = member.unmapping();
		CompletableFuture<Void> unused = mapping.wanted ? CompletableFuture.completedFuture(null)
				: mapping.uses.close().thenApplyAsync(Function.identity(), this.executor);
		return member.then(() -> unused.thenCompose((nothing) -> giveBack(member, held)).thenRun(() -> {
			member.gone();
			mapping.lock.lock();
			try {
				mapping.remove(member);
			}
			finally {
				mapping.lock.unlock();
			}
			this.changed.accept(mapping);
		}));
	}

	private CompletableFuture<Void> giveBack(Member member, @Nullable Premap premap) {
		return (premap != null) ? this.budget.release(member, premap) : CompletableFuture.completedFuture(null);
	}

}
