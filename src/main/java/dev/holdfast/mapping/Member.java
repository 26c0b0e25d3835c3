package dev.holdfast.mapping;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import dev.holdfast.device.Device;
import dev.holdfast.engine.IoBuffer;
import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * One device of a mapping. Its present form is one reference, which dispatch reads
 * without a lock; it is changed under the member's monitor, by steps that the contract
 * knows.
 */
final class Member {

	private final UUID device;

	private final String deviceName;

	private final LongAdder ios = new LongAdder();

	private final LongAdder fallbacks = new LongAdder();

	private volatile long lastUsed = System.nanoTime();

	private volatile Form form;

	/** Whether the tenant asks for the highest tier by name. */
	private volatile boolean asksForDma;

	/** Why it is not made as was asked for the last time, if so. */
	private volatile @Nullable Reason refusal;

	/**
	 * What is being done to it, one thing after the other. Guarded by the mapping's lock.
	 */
	private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

	/** What it holds of the budget. Guarded by this. */
	private @Nullable Premap premap;

	Member(Device device) {
		this.device = device.uuid();
		this.deviceName = device.name();
		this.form = new Form(MemberState.PENDING, device.generation(), null, null, null, 0);
	}

	/**
	 * What it is at a moment.
	 *
	 * @param target what operations name, while it is mapped
	 */
	record Form(MemberState state, long generation, @Nullable IoBuffer target, @Nullable Reason reason,
			@Nullable Instant mappedAt, long mapMicros) {

	}

	/**
	 * Does something to it once all that was begun before has ended. Under the mapping's
	 * lock.
	 */
	CompletableFuture<Void> then(Supplier<CompletableFuture<Void>> step) {
		this.work = this.work.handle((nothing, failure) -> null).thenCompose((nothing) -> step.get());
		return this.work;
	}

	UUID device() {
		return this.device;
	}

	String deviceName() {
		return this.deviceName;
	}

	Form form() {
		return this.form;
	}

	@Nullable Reason refusal() {
		return this.refusal;
	}

	/**
	 * What an operation on the device names to go through this member.
	 * @return {@code null} if it is not mapped to this generation
	 */
	@Nullable IoBuffer use(long generation) {
		Form present = this.form;
		if (present.state() != MemberState.MAPPED || present.generation() != generation) {
			this.fallbacks.increment();
			return null;
		}
		this.ios.increment();
		this.lastUsed = System.nanoTime();
		return present.target();
	}

	/** It was mapped a moment ago, and its target refused the operation. */
	void fellBack() {
		this.ios.decrement();
		this.fallbacks.increment();
	}

	/**
	 * Why it does not have the highest tier, if that is for want of room.
	 * @param wanted what the tenant asks for
	 * @return {@code null} if it has what can be had, or something else is in the way
	 */
	@Nullable Reason lacksRoom(TierChoice wanted) {
		Reason reason = switch (wanted) {
			case AUTO -> this.form.reason();
			case DMA -> this.refusal;
			case BVEC, NONE -> null;
		};
		return (reason != null && reason.code().wantOfRoom() && !ending()) ? reason : null;
	}

	boolean asksForDma() {
		return this.asksForDma;
	}

	void asks(TierChoice tier) {
		this.asksForDma = tier == TierChoice.DMA;
	}

	boolean ending() {
		MemberState state = this.form.state();
		return state == MemberState.UNMAPPING || state == MemberState.GONE;
	}

	long lastUsed() {
		return this.lastUsed;
	}

	/**
	 * The device went away, or came back as another generation. What was made for it is
	 * of no use.
	 * @return what to give back
	 */
	synchronized @Nullable Premap stale() {
		if (this.form.state().mayBecome(MemberState.STALE)) {
			become(MemberState.STALE, this.form.generation(), null,
					new Reason(Reason.Code.STALE, "the device went away or came back as another generation"), null, 0);
		}
		return takePremap();
	}

	/**
	 * Begins to make it for a generation.
	 */
	synchronized void remapping(long generation) {
		if (this.form.state() == MemberState.STALE) {
			become(MemberState.REMAPPING, generation, null, this.form.reason(), null, 0);
		}
	}

	/**
	 * It is made.
	 * @param target what operations name from now on
	 * @param held of the budget, if it is premapped
	 * @return what to give back: what it held before, or what was made if it is not
	 * wanted any more
	 */
	synchronized @Nullable Premap mapped(long generation, IoBuffer target, @Nullable Reason reason,
			@Nullable Premap held, Instant now, long micros) {
		boolean wanted = this.form.generation() == generation
				&& (this.form.state() == MemberState.MAPPED || this.form.state().mayBecome(MemberState.MAPPED));
		if (!wanted) {
			return held;
		}
		Premap before = takePremap();
		this.premap = held;
		this.refusal = null;
		this.form = new Form(MemberState.MAPPED, generation, target, reason, now, micros);
		return (before != held) ? before : null;
	}

	/**
	 * It cannot be made as it was asked for, and stays what it is.
	 */
	synchronized void refused(Reason reason) {
		this.refusal = reason;
		if (this.form.state() == MemberState.PENDING || this.form.state() == MemberState.REMAPPING) {
			this.form = new Form(this.form.state(), this.form.generation(), null, reason, null, 0);
		}
	}

	/**
	 * Others need what it holds of the budget more: it goes on without.
	 * @param instead what operations name from now on
	 */
	synchronized boolean demote(Premap from, IoBuffer instead, Reason reason) {
		if (this.premap != from) {
			return false;
		}
		this.premap = null;
		this.form = new Form(this.form.state(), this.form.generation(), instead, reason, this.form.mappedAt(),
				this.form.mapMicros());
		return true;
	}

	/**
	 * It goes on without what it holds of the budget, until it is made again.
	 * @param instead what operations name from now on
	 * @return what to give back
	 */
	synchronized @Nullable Premap without(IoBuffer instead) {
		Premap held = takePremap();
		if (held != null) {
			this.form = new Form(this.form.state(), this.form.generation(), instead,
					new Reason(Reason.Code.PENDING, "it is being made again"), this.form.mappedAt(),
					this.form.mapMicros());
		}
		return held;
	}

	/**
	 * It is to end: from here on no operation finds it.
	 * @return what to give back
	 */
	synchronized @Nullable Premap unmapping() {
		if (this.form.state().mayBecome(MemberState.UNMAPPING)) {
			become(MemberState.UNMAPPING, this.form.generation(), null, null, null, 0);
		}
		return takePremap();
	}

	synchronized void gone() {
		if (this.form.state() == MemberState.UNMAPPING) {
			become(MemberState.GONE, this.form.generation(), null, null, null, 0);
		}
	}

	private @Nullable Premap takePremap() {
		Premap held = this.premap;
		this.premap = null;
		return held;
	}

	private void become(MemberState state, long generation, @Nullable IoBuffer target, @Nullable Reason reason,
			@Nullable Instant mappedAt, long micros) {
		this.form = new Form(state, generation, target, reason, mappedAt, micros);
	}

	MemberStatus status() {
		Form present = this.form;
		IoBuffer target = present.target();
		Tier tier = (target != null) ? target.tier() : null;
		return new MemberStatus(this.device, this.deviceName, present.generation(), present.state(), tier,
				present.reason(), present.mappedAt(), present.mapMicros(), this.ios.sum(), this.fallbacks.sum());
	}

}
