package dev.holdfast.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What a follower of mappings was told, in order: what happened, to which buffer, and the
 * state, the tier and the tier that was asked for.
 */
final class RecordedNews implements MappingFollower {

	private final List<String> told = new CopyOnWriteArrayList<>();

	/** What was told since the last time. */
	List<String> take() {
		List<String> taken = new ArrayList<>(this.told);
		this.told.clear();
		return taken;
	}

	List<String> told() {
		return this.told;
	}

	private void add(String what, MappingStatus mapping) {
		this.told.add("%s %s %s %s of %s".formatted(mapping.key().buffer(), what, mapping.state().label(),
				mapping.tierLabel(), mapping.declaration().spec().tier().label()));
	}

	@Override
	public void created(MappingStatus mapping) {
		add("created", mapping);
	}

	@Override
	public void changed(MappingStatus mapping) {
		add("changed", mapping);
	}

	@Override
	public void ready(MappingStatus mapping) {
		add("ready", mapping);
	}

	@Override
	public void stale(MappingStatus mapping) {
		add("stale", mapping);
	}

	@Override
	public void demoted(MappingStatus mapping) {
		add("demoted", mapping);
	}

	@Override
	public void deleted(MappingStatus mapping) {
		add("deleted", mapping);
	}

}
