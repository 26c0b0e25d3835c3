package dev.holdfast.device;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GeometryTests {

	private static final long MEBIBYTE = 1 << 20;

	private static final long TEBIBYTE = 1L << 40;

	@Test
	void keepsRoomForTheWorstCase() throws DeviceException {
		for (long size = 6 * MEBIBYTE; size < 20 * TEBIBYTE; size = size * 9 / 7 + 512) {
			Geometry geometry = Geometry.of(size);
			assertThat(geometry.slotSize()).as("%d bytes", size)
				.isGreaterThanOrEqualTo(16L * geometry.extentCount() + LabelFormat.HEADER_SIZE);
			assertThat(geometry.slotSize() % MEBIBYTE).isZero();
			assertThat(geometry.offsetOf(geometry.extentCount())).isLessThanOrEqualTo(geometry.secondSlot());
			assertThat(geometry.secondSlot() + geometry.slotSize()).isLessThanOrEqualTo(size);
			assertThat(size - geometry.secondSlot() - geometry.slotSize()).as("at the end").isLessThan(MEBIBYTE);
		}
	}

	@Test
	void takesLittleOfALargeDrive() throws DeviceException {
		Geometry geometry = Geometry.of(16 * TEBIBYTE);
		assertThat(geometry.capacity()).isGreaterThan(16 * TEBIBYTE / 1000 * 999);
		assertThat(geometry.extentCount()).isGreaterThan(4_000_000);
	}

	@Test
	void refusesWhatIsTooSmall() throws DeviceException {
		assertThat(Geometry.of(6 * MEBIBYTE).extentCount()).isEqualTo(1);
		assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> Geometry.of(6 * MEBIBYTE - 512))
			.withMessageContaining("6291456");
		assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> Geometry.of(0))
			.withMessageContaining("no medium");
	}

}
