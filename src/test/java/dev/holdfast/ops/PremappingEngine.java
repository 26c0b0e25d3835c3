package dev.holdfast.ops;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.FakePremapping;

import org.springframework.context.annotation.Bean;

/**
 * In place of the engine that a service has otherwise. Not found by a scan: only a
 * service that is given it has it.
 */
final class PremappingEngine {

	@Bean
	FakePremapping premapping() {
		return new FakePremapping();
	}

	@Bean(destroyMethod = "close")
	DrainedEngine engine(DataDirectory directory, DrainTime time, FakePremapping premapping) {
		return new DrainedEngine(premapping.open(EngineOptions.DEFAULT), time);
	}

}
