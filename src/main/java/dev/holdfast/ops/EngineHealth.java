package dev.holdfast.ops;

import dev.holdfast.buffer.StagingPool;
import dev.holdfast.engine.IoEngine;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Which engine serves, what it has to do without, and whether memory is registered. Doing
 * without is no failure: everything works, more slowly.
 */
final class EngineHealth implements HealthIndicator {

	private final IoEngine engine;

	private final StagingPool staging;

	EngineHealth(IoEngine engine, StagingPool staging) {
		this.engine = engine;
		this.staging = staging;
	}

	@Override
	public Health health() {
		String failure = this.engine.failure();
		Health.Builder health = ((failure != null) ? Health.down().withDetail("failure", failure) : Health.up())
			.withDetail("name", this.engine.name())
			.withDetail("findings", this.engine.findings());
		String refusal = this.staging.refusal();
		if (refusal != null) {
			health.withDetail("notRegistered", refusal);
		}
		return health.build();
	}

}
