package dev.holdfast.engine;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.testing.RequiresIoUring;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of how an operation gets at memory: by its address, its registration, or a
 * mapping.
 */
class TierTests {

	@TempDir
	Path directory;

	@Test
	@RequiresIoUring
	void shouldUseRegisteredMemoryByItsAddressToo() throws Exception {
		try (EngineFixture fixture = EngineFixture.onFile(EngineKind.URING, this.directory, EngineFixture.MIB)) {
			IoBuffer buffer = fixture.buffer(EngineFixture.MIB);
			assertThat(buffer.tier()).isEqualTo(Tier.BVEC);
			assertThat(buffer.plain().tier()).isEqualTo(Tier.NONE);
			assertThat(buffer.plain().memory()).isSameAs(buffer.memory());
			assertThat(buffer.plain().plain()).isSameAs(buffer.plain());
			EngineFixture.fillRandom(buffer.memory(), 1);
			byte[] written = buffer.memory().asSlice(0, 4096).toArray(ValueLayout.JAVA_BYTE);
			fixture.write(8192, buffer.plain(), 0, 4096);
			fixture.read(8192, buffer, 65536, 4096);
			assertThat(buffer.memory().asSlice(65536, 4096).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(written);
		}
	}

	@Test
	@RequiresIoUring
	void shouldSayWhyNothingIsPremapped() {
		for (EngineKind kind : EngineKind.values()) {
			try (EngineFixture fixture = EngineFixture.onFile(kind, this.directory, EngineFixture.MIB)) {
				Premapping premapping = fixture.engine().premapping();
				assertThat(premapping.refusal(fixture.device())).containsAnyOf("premap", "dma-buf");
				CompletableFuture<IoBuffer> mapped = premapping.map(fixture.buffer(4096), fixture.device());
				assertThat(mapped).isCompletedExceptionally();
			}
		}
	}

	@Test
	@RequiresIoUring
	void shouldEndAPremappingOnceNoOperationNamesIt() throws Exception {
		FakePremapping premapping = new FakePremapping();
		try (EngineFixture fixture = EngineFixture.onFile(premapping.open(EngineOptions.DEFAULT), this.directory,
				EngineFixture.MIB, DeviceLimits.DEFAULT)) {
			IoBuffer buffer = fixture.buffer(EngineFixture.MIB);
			IoBuffer mapped = premapping.map(buffer, fixture.device()).join();
			assertThat(mapped.tier()).isEqualTo(Tier.DMA);
			RecordedOperation read = new RecordedOperation();
			read.operation.read(fixture.device(), 0, mapped, 4096, 4096);
			assertThat(read.operation.tier()).isEqualTo(Tier.DMA);
			assertThat(fixture.engine().submit(read.operation)).isTrue();
			assertThat(premapping.live()).isEqualTo(1);
			fixture.engine().unregister(mapped).join();
			Awaitility.await().untilAsserted(read::assertSucceeded);
			assertThat(premapping.live()).isZero();
			assertThatIllegalStateException().isThrownBy(() -> fixture.read(0, mapped, 0, 4096));
			fixture.read(0, buffer, 0, 4096);
		}
	}

}
