package dev.holdfast.mapping;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.buffer.BufferKey;
import dev.holdfast.buffer.BufferSpec;
import dev.holdfast.buffer.Pages;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Device;
import dev.holdfast.engine.Tier;
import dev.holdfast.volume.ScrubProgress;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.VolumeKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What one tenant has declared, as it was answered, and how to declare more. One thread.
 */
final class MappingModel {

	private static final long MIB = MappingRig.MIB;

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final MappingSpec[] SPECS = { spec(TierChoice.AUTO), spec(TierChoice.AUTO), spec(TierChoice.DMA),
			spec(TierChoice.BVEC), spec(TierChoice.NONE), new MappingSpec(TierChoice.AUTO, OnStale.FAIL) };

	private final MappingRig rig;

	private final String tenant;

	private final Map<String, Long> buffers = new HashMap<>();

	private final Set<String> volumes = new HashSet<>();

	private final Map<Pair, MappingSpec> mappings = new HashMap<>();

	MappingModel(MappingRig rig, String tenant) {
		this.rig = rig;
		this.tenant = tenant;
	}

	private static MappingSpec spec(TierChoice tier) {
		return new MappingSpec(tier, OnStale.FALLBACK);
	}

	void run(Step step) {
		String buffer = "b" + step.first() % 4;
		String volume = "v" + step.second() % 3;
		MappingSpec spec = SPECS[step.third() % SPECS.length];
		switch (step.operation()) {
			case DECLARE -> declare(buffer, (1 + step.second() % 2) * MIB);
			case DELETE_BUFFER -> deleteBuffer(buffer);
			case CREATE_VOLUME -> createVolume(volume, step.third());
			case DELETE_VOLUME -> deleteVolume(volume);
			case GROW_VOLUME -> growVolume(volume);
			case MAP -> map(List.of(new Pair(buffer, volume)), spec);
			case MAP_TWO ->
				map(List.of(new Pair(buffer, volume), new Pair("b" + (step.first() + 1) % 4, volume)), spec);
			case CHANGE -> change(new Pair(buffer, volume), spec);
			case UNMAP -> unmap(new Pair(buffer, volume));
			case REMAP -> remap(new Pair(buffer, volume));
			case USE -> use(new Pair(buffer, volume));
			case FAULT -> fault(this.rig, step.first() % 10, "d" + step.second() % 2);
			case LEAVE_AND_RETURN -> leaveAndReturn(step.first() % 2);
			case RESTART -> restart(() -> {
			});
			case CRASH -> crash(new Pair(buffer, volume), spec, step.first() % 3);
		}
	}

	private void declare(String name, long bytes) {
		Long there = this.buffers.get(name);
		try {
			this.rig.buffers().declare(new BufferKey(this.tenant, name), new BufferSpec(bytes, Pages.SMALL));
			assertThat(there).isIn(null, bytes);
			this.buffers.put(name, bytes);
		}
		catch (ProblemException ex) {
			assertThat(ex.problem()).isEqualTo((there != null) ? Problem.ALREADY_EXISTS : Problem.IN_USE);
		}
	}

	private void deleteBuffer(String name) {
		if (this.buffers.remove(name) != null) {
			this.rig.buffers().delete(new BufferKey(this.tenant, name), Duration.ofMillis(5));
			this.mappings.keySet().removeIf((pair) -> pair.buffer().equals(name));
		}
	}

	private void createVolume(String name, int layout) {
		String[] devices = switch (layout % 3) {
			case 0 -> new String[] { "d0" };
			case 1 -> new String[] { "d1" };
			default -> new String[] { "d0", "d1" };
		};
		try {
			this.rig.volume(this.tenant, name, devices);
			this.volumes.add(name);
		}
		catch (ProblemException ex) {
			assertThat(ex.problem()).isIn(Problem.ALREADY_EXISTS, Problem.NO_SPACE);
		}
	}

	private void deleteVolume(String name) {
		if (this.volumes.remove(name)) {
			this.rig.volumes().delete(new VolumeKey(this.tenant, name));
			this.mappings.keySet().removeIf((pair) -> pair.volume().equals(name));
		}
	}

	private void growVolume(String name) {
		if (this.volumes.contains(name)) {
			VolumeHandle volume = this.rig.existing(this.tenant, name);
			try {
				this.rig.volumes()
					.grow(volume.volume().key(), Math.max(volume.volume().sizeBytes(), 64 * MIB), new ScrubProgress() {
					});
			}
			catch (ProblemException ex) {
				assertThat(ex.problem()).isEqualTo(Problem.NO_SPACE);
			}
		}
	}

	private boolean exists(Pair pair) {
		return this.buffers.containsKey(pair.buffer()) && this.volumes.contains(pair.volume());
	}

	private BufferHandle buffer(Pair pair) {
		return this.rig.buffer(this.tenant, pair.buffer());
	}

	private VolumeHandle volume(Pair pair) {
		return this.rig.existing(this.tenant, pair.volume());
	}

	private void map(List<Pair> pairs, MappingSpec spec) {
		if (!pairs.stream().allMatch(this::exists)) {
			return;
		}
		boolean conflict = pairs.stream().anyMatch((pair) -> !this.mappings.getOrDefault(pair, spec).equals(spec));
		try {
			this.rig.mappings()
				.declare(pairs.stream().map((pair) -> new WantedMapping(buffer(pair), volume(pair), spec)).toList());
			assertThat(conflict).isFalse();
			pairs.forEach((pair) -> this.mappings.put(pair, spec));
		}
		catch (ProblemException ex) {
			requireReason(ex, pairs, conflict, spec);
		}
	}

	private void requireReason(ProblemException ex, List<Pair> pairs, boolean conflict, MappingSpec spec) {
		if (ex.problem() == Problem.IN_USE) {
			assertThat(pairs).as("one that is still ending").anyMatch((pair) -> !this.mappings.containsKey(pair));
		}
		else if (conflict) {
			assertThat(ex.problem()).isEqualTo(Problem.ALREADY_MAPPED);
		}
		else {
			assertThat(spec.tier()).as("only what is asked for by name is refused").isEqualTo(TierChoice.DMA);
			assertThat(ex.problem()).isIn(Problem.QUOTA_EXCEEDED, Problem.NOT_SUPPORTED);
		}
	}

	private void change(Pair pair, MappingSpec spec) {
		if (!this.mappings.containsKey(pair)) {
			return;
		}
		try {
			this.rig.mappings().change(buffer(pair).declaration(), volume(pair), Precondition.none(), (before) -> spec);
			this.mappings.put(pair, spec);
		}
		catch (ProblemException ex) {
			requireReason(ex, List.of(pair), false, spec);
		}
	}

	private void unmap(Pair pair) {
		if (this.mappings.remove(pair) != null) {
			this.rig.mappings().delete(buffer(pair).declaration(), volume(pair), Precondition.none());
		}
	}

	private void remap(Pair pair) {
		if (this.mappings.containsKey(pair)) {
			this.rig.mappings().remap(buffer(pair).declaration(), volume(pair));
		}
	}

	private void use(Pair pair) {
		if (!exists(pair)) {
			return;
		}
		for (Device device : volume(pair).devices()) {
			try (Route route = this.rig.mappings().route(buffer(pair), volume(pair))) {
				route.via(device);
			}
			catch (ProblemException ex) {
				assertThat(ex.problem()).isEqualTo(Problem.STALE_MAPPING);
				assertThat(this.mappings.get(pair).onStale()).isEqualTo(OnStale.FAIL);
			}
		}
	}

	private static void fault(MappingRig rig, int kind, String device) {
		switch (kind) {
			case 0 -> rig.premapping().fail("no room");
			case 1, 2 -> rig.premapping().fail(null);
			case 3 -> rig.premapping().refuse(device, "it cannot");
			case 4, 5 -> rig.premapping().refuse(device, null);
			case 6, 7 -> rig.hold();
			default -> rig.letGo();
		}
	}

	private void leaveAndReturn(int device) {
		try {
			this.rig.leavesAndReturns(device, () -> {
				String name = this.rig.device(device).name();
				this.mappings.keySet()
					.stream()
					.flatMap((pair) -> status(pair).members().stream())
					.filter((member) -> member.deviceName().equals(name))
					.forEach((member) -> assertThat(member.state()).isEqualTo(MemberState.STALE));
			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private MappingStatus status(Pair pair) {
		return this.rig.mappings()
			.find(buffer(pair).declaration(), this.rig.volumes().require(new VolumeKey(this.tenant, pair.volume())))
			.orElseThrow();
	}

	/** The catalog is as {@code kill -9} may leave it. */
	private void crash(Pair pair, MappingSpec spec, int half) {
		if (!this.buffers.containsKey(pair.buffer())) {
			return;
		}
		UUID buffer = buffer(pair).declaration().uuid();
		switch (half) {
			case 0 -> {
				restart(() -> this.rig.forgetOnlyBuffer(buffer));
				this.buffers.remove(pair.buffer());
				this.mappings.keySet().removeIf((mapped) -> mapped.buffer().equals(pair.buffer()));
			}
			case 1 -> restart(() -> this.rig.declareOnly(buffer, UUID.randomUUID(), spec));
			default -> {
				if (exists(pair) && !this.mappings.containsKey(pair)) {
					UUID volume = volume(pair).uuid();
					unmapped(pair);
					restart(() -> this.rig.declareOnly(buffer, volume, spec));
					this.mappings.put(pair, spec);
				}
			}
		}
	}

	/** One that is ending has ended. */
	private void unmapped(Pair pair) {
		this.rig.letGo();
		await().atMost(LONG).until(() -> this.rig.mappings().find(buffer(pair).declaration(), volume(pair)).isEmpty());
	}

	private void restart(Runnable meanwhile) {
		this.rig.letGo();
		try {
			this.rig.restart(meanwhile);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Leaves room that nobody is told of. */
	private void unmapSome() {
		List<Pair> mapped = List.copyOf(this.mappings.keySet());
		mapped.subList(0, mapped.size() / 2).forEach(this::unmap);
	}

	/**
	 * Lets everything be made that can be, and compares, also once there is more room.
	 * Then deletes all of it.
	 */
	static void settle(MappingRig rig, long deviceLimit, MappingModel... tenants) {
		rig.letGo();
		await().atMost(LONG).untilAsserted(() -> compare(rig, deviceLimit, tenants));
		rig.premapping().fail(null);
		rig.premapping().refuse("d0", null);
		rig.premapping().refuse("d1", null);
		for (MappingModel tenant : tenants) {
			tenant.mappings.keySet().forEach(tenant::remap);
		}
		await().atMost(LONG).untilAsserted(() -> {
			compare(rig, deviceLimit, tenants);
			for (MappingModel tenant : tenants) {
				tenant.compareReasons();
				tenant.compareRoom(deviceLimit, tenants);
			}
		});
		for (MappingModel tenant : tenants) {
			tenant.unmapSome();
		}
		await().atMost(LONG).untilAsserted(() -> {
			compare(rig, deviceLimit, tenants);
			for (MappingModel tenant : tenants) {
				tenant.compareRoom(deviceLimit, tenants);
			}
		});
		for (MappingModel tenant : tenants) {
			List.copyOf(tenant.buffers.keySet()).forEach(tenant::deleteBuffer);
		}
		await().atMost(LONG).untilAsserted(() -> {
			assertThat(rig.premapping().live()).isZero();
			for (MappingModel tenant : tenants) {
				assertThat(rig.buffers().list(tenant.tenant)).isEmpty();
				assertThat(rig.mappings().premappedBytes(tenant.tenant)).isZero();
				assertThat(rig.mappings().count(tenant.tenant)).isZero();
			}
			assertThat(rig.stored()).isZero();
		});
	}

	/** What is there is what is declared, and the budget is what is there. */
	private static void compare(MappingRig rig, long deviceLimit, MappingModel... tenants) {
		Map<String, Long> onDevice = new HashMap<>();
		int premapped = 0;
		int declared = 0;
		for (MappingModel tenant : tenants) {
			Map<Place, Long> places = tenant.compare();
			premapped += places.size();
			declared += tenant.mappings.size();
			places.forEach((place, bytes) -> onDevice.merge(place.device(), bytes, Long::sum));
			assertThat(rig.mappings().premappedBytes(tenant.tenant))
				.isEqualTo(places.values().stream().mapToLong(Long::longValue).sum());
		}
		assertThat(rig.premapping().live()).isEqualTo(premapped);
		assertThat(rig.stored()).isEqualTo(declared);
		assertThat(onDevice.values()).allSatisfy((bytes) -> assertThat(bytes).isLessThanOrEqualTo(deviceLimit));
	}

	private Map<Place, Long> compare() {
		Map<Place, Long> places = new HashMap<>();
		Map<Pair, MappingSpec> found = new HashMap<>();
		assertThat(this.rig.buffers().list(this.tenant))
			.allSatisfy((buffer) -> assertThat(this.buffers).containsKey(buffer.declaration().key().name()))
			.hasSize(this.buffers.size());
		this.buffers.forEach((name, bytes) -> {
			BufferHandle buffer = this.rig.buffer(this.tenant, name);
			assertThat(buffer.size()).isEqualTo(bytes);
			for (MappingStatus status : this.rig.mappings().list(buffer.declaration())) {
				Pair pair = new Pair(name, status.key().volume());
				found.put(pair, status.declaration().spec());
				assertThat(status.members()).extracting(MemberStatus::deviceName)
					.containsExactlyInAnyOrderElementsOf(volume(pair).devices().stream().map(Device::name).toList());
				for (MemberStatus member : status.members()) {
					assertThat(member.generation()).isEqualTo(generation(member.deviceName()));
					compare(status.declaration().spec().tier(), member);
					if (member.tier() == Tier.DMA) {
						places.put(new Place(name, member.deviceName()), bytes);
					}
				}
			}
		});
		assertThat(found).isEqualTo(this.mappings);
		return places;
	}

	private long generation(String device) {
		return this.rig.device(Integer.parseInt(device.substring(1))).generation();
	}

	private static void compare(TierChoice wanted, MemberStatus member) {
		switch (wanted) {
			case NONE -> assertThat(member.tier()).isEqualTo(Tier.NONE);
			case BVEC -> assertThat(member.tier()).isEqualTo(Tier.BVEC);
			case AUTO -> assertThat(member.tier()).isIn(Tier.BVEC, Tier.DMA);
			// It may have had a lower one, or none, when it could not be had.
			case DMA -> assertThat(member.tier() == Tier.DMA || member.reason() != null).as("%s", member).isTrue();
		}
	}

	/** Where nothing fails, only want of room keeps from the highest tier. */
	private void compareReasons() {
		this.mappings.forEach((pair, spec) -> {
			if (spec.tier() == TierChoice.AUTO || spec.tier() == TierChoice.DMA) {
				for (MemberStatus member : this.rig.mappings()
					.find(buffer(pair).declaration(), volume(pair))
					.orElseThrow()
					.members()) {
					Reason reason = member.reason();
					assertThat(member.tier() == Tier.DMA || (reason != null
							&& Set.of(Reason.Code.QUOTA_EXCEEDED, Reason.Code.DEMOTED).contains(reason.code())))
						.as("%s %s", spec, member)
						.isTrue();
				}
			}
		});
	}

	/** Nobody waits for room that there is. */
	private void compareRoom(long deviceLimit, MappingModel... tenants) {
		Map<String, Long> onDevice = new HashMap<>();
		for (MappingModel tenant : tenants) {
			tenant.compare().forEach((place, bytes) -> onDevice.merge(place.device(), bytes, Long::sum));
		}
		this.mappings.forEach((pair, spec) -> {
			long bytes = this.buffers.get(pair.buffer());
			long free = this.rig.premappedLimit(this.tenant) - this.rig.mappings().premappedBytes(this.tenant);
			for (MemberStatus member : status(pair).members()) {
				if (spec.tier() == TierChoice.AUTO && member.tier() != Tier.DMA) {
					long freeThere = deviceLimit - onDevice.getOrDefault(member.deviceName(), 0L);
					assertThat(bytes).as("%s", member).isGreaterThan(Math.min(free, freeThere));
				}
			}
		});
	}

	/** What a tenant, or fate, does. */
	enum Operation {

		DECLARE, DELETE_BUFFER, CREATE_VOLUME, DELETE_VOLUME, GROW_VOLUME, MAP, MAP_TWO, CHANGE, UNMAP, REMAP, USE,
		FAULT, LEAVE_AND_RETURN, RESTART, CRASH

	}

	/**
	 * One step of a history.
	 *
	 * @param tenant 0 or 1
	 * @param first to which buffer, or which fault
	 * @param second to which volume or device, or how large
	 * @param third in which way
	 */
	record Step(Operation operation, int tenant, int first, int second, int third) {

	}

	private record Pair(String buffer, String volume) {

	}

	private record Place(String buffer, String device) {

	}

}
