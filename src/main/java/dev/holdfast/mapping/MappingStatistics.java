package dev.holdfast.mapping;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.holdfast.engine.LatencyHistogram;
import dev.holdfast.engine.Tier;
import org.jspecify.annotations.Nullable;

/**
 * What there is in mappings, and what was counted since the start. Each method looks at
 * everything once. Any thread.
 */
public final class MappingStatistics {

	private final MappingRegistry registry;

	private final PremapBudget budget;

	private final Fallbacks fallbacks;

	private final Fallbacks demotions;

	private final MapTimes times;

	MappingStatistics(MappingRegistry registry, PremapBudget budget, Fallbacks fallbacks, Fallbacks demotions,
			MapTimes times) {
		this.registry = registry;
		this.budget = budget;
		this.fallbacks = fallbacks;
		this.demotions = demotions;
		this.times = times;
	}

	/**
	 * How many members are in the same condition.
	 */
	public Map<Condition, Long> members() {
		return this.registry.all()
			.flatMap((mapping) -> mapping.status().stream())
			.collect(
					Collectors.groupingBy((member) -> new Condition(member.deviceName(), member.state(), member.tier()),
							Collectors.counting()));
	}

	/**
	 * Mappings by tenant.
	 * @return without tenants that have none
	 */
	public Map<String, Long> mappings() {
		return this.registry.counts();
	}

	/**
	 * Bytes that are premapped, by tenant.
	 * @return without tenants that have none
	 */
	public Map<String, Long> premappedBytes() {
		return this.budget.tenants();
	}

	/**
	 * I/O that had to go by a lower tier than its mapping has, or without one.
	 */
	public List<Count> fallbacks() {
		return counts(this.fallbacks);
	}

	/**
	 * Members that lost what they had of the budget.
	 */
	public List<Count> demotions() {
		return counts(this.demotions);
	}

	private static List<Count> counts(Fallbacks counted) {
		return counted.snapshot()
			.entrySet()
			.stream()
			.map((entry) -> new Count(entry.getKey().device(), entry.getKey().reason(), entry.getValue()))
			.toList();
	}

	/**
	 * How long it took to make members, by the tier that they got.
	 */
	public Map<Tier, LatencyHistogram.Snapshot> times() {
		return this.times.snapshot();
	}

	/**
	 * What members are alike in.
	 *
	 * @param device name of the device
	 * @param state where they are in their life
	 * @param tier of I/O through them, or {@code null} while they are not mapped
	 */
	public record Condition(String device, MemberState state, @Nullable Tier tier) {

	}

	/**
	 * What was counted.
	 *
	 * @param device name of the device
	 * @param reason why
	 * @param count how often
	 */
	public record Count(String device, Reason.Code reason, long count) {

	}

}
