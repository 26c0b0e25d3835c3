package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which device a node stands for: its numbers, since a node can have any name.
 */
final class BlockNode {

	/** {@code S_IFMT} and {@code S_IFBLK}, man 7 inode. */
	private static final int TYPE = 0xf000;

	private static final int BLOCK_DEVICE = 0x6000;

	private BlockNode() {
	}

	/**
	 * What a path leads to, over symbolic links.
	 * @param path of anything
	 * @return {@code major:minor} as in sysfs, or {@code null} if it is not a block
	 * device or not there
	 */
	static @Nullable String number(Path path) {
		try {
			Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,rdev");
			if (attributes.get("mode") instanceof Integer mode && attributes.get("rdev") instanceof Long device
					&& (mode & TYPE) == BLOCK_DEVICE) {
				return major(device) + ":" + minor(device);
			}
			return null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * As glibc packs them, man 3 makedev: 32 bits each, of which Linux uses 12 and 20.
	 */
	private static long major(long device) {
		return (device >> 8 & 0xfff) | (device >> 32 & 0xffff_f000L);
	}

	private static long minor(long device) {
		return (device & 0xff) | (device >> 12 & 0xffff_ff00L);
	}

}
