package dev.holdfast.powerloss;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import dev.holdfast.device.Device;
import dev.holdfast.device.Geometry;
import dev.holdfast.device.VolumeRecord;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeSpec;

/**
 * What a tenant asks for.
 */
final class Wishes {

	/** So that the hot spots of a volume have several. */
	private static final int[] STRIPES = { 4096, 8192, 16_384 };

	private Wishes() {
	}

	/**
	 * Any that the devices may be able to do.
	 */
	static VolumeSpec volume(Stack stack, Random random) {
		Integer blockSize = switch (random.nextInt(4)) {
			case 0, 1 -> 512;
			case 2 -> 4096;
			default -> null;
		};
		long size = HotSpots.size(random);
		if (blockSize != null && blockSize == 512) {
			size += 512L * random.nextInt(8);
		}
		List<String> devices = new ArrayList<>();
		if (random.nextInt(3) == 0) {
			stack.devices().stream().map(Device::name).forEach(devices::add);
			Collections.shuffle(devices, random);
			devices.subList(0, random.nextInt(devices.size() + 1)).clear();
		}
		else if (random.nextInt(6) == 0) {
			// Too large for one device, if others have something there already.
			size += (4 + random.nextInt(4)) * Geometry.EXTENT_SIZE;
		}
		boolean striped = stack.devices().size() > 1 && random.nextBoolean();
		return striped ? new VolumeSpec(size, blockSize, VolumeRecord.Layout.STRIPED,
				STRIPES[random.nextInt(STRIPES.length)], devices)
				: new VolumeSpec(size, blockSize, null, null, devices);
	}

	/**
	 * What makes it one of a kind here.
	 */
	static String kind(Volume volume) {
		return "%s volume over %d devices in blocks of %d".formatted(volume.layout().label(), volume.devices().size(),
				volume.blockSize());
	}

}
