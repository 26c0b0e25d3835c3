package dev.holdfast.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Makes a drive of its directory in sysfs, or finds that it is none. Drives come and go
 * meanwhile, so what is read may be of two that had the same name: it counts only if size
 * and disk sequence number ({@code diskseq}, 5.15: another for each drive, and for each
 * file of a loop device) are the same before and after.
 */
final class DriveReader {

	private static final int ATTEMPTS = 3;

	/** Linux counts sectors of 512 bytes, whatever the drive's are. */
	private static final int SECTOR = 512;

	private static final int LARGEST_BLOCK = 1 << 30;

	/** Memory, floppies, CD-ROMs: Documentation/admin-guide/devices.txt. */
	private static final Set<String> FOREIGN_MAJORS = Set.of("1", "2", "11");

	/** One path of a multipath NVMe namespace; the namespace has a name without it. */
	private static final Pattern NVME_PATH = Pattern.compile("nvme\\d+c\\d+n\\d+.*");

	private final Path dev;

	private final DriveUse use;

	DriveReader(Path dev, DriveUse use) {
		this.dev = dev;
		this.use = use;
	}

	/**
	 * Reads one.
	 * @param link to the directory of a drive or a partition
	 * @return the drive, or {@code null} if there is none that could be used
	 */
	@Nullable Drive read(Path link) {
		for (int i = 0; i < ATTEMPTS; i++) {
			try {
				SysfsDirectory block = new SysfsDirectory(link.toRealPath());
				SysfsDirectory whole = block.has("partition") ? block.parent() : block;
				String before = moment(block, whole);
				Drive drive = read(block, whole);
				if (before.equals(moment(block, whole))) {
					return drive;
				}
			}
			catch (IOException ex) {
				return null;
			}
		}
		return null;
	}

	private static String moment(SysfsDirectory block, SysfsDirectory whole) {
		return block.text("size") + " " + whole.text("diskseq");
	}

	private @Nullable Drive read(SysfsDirectory block, SysfsDirectory whole) {
		long size = block.number("size", Long.MAX_VALUE / SECTOR) * SECTOR;
		int logical = (int) whole.number("queue/logical_block_size", LARGEST_BLOCK);
		if (size == 0 || logical == 0 || foreign(whole)) {
			return null;
		}
		int physical = (int) whole.number("queue/physical_block_size", LARGEST_BLOCK);
		return new Drive(block.name(), node(block), (int) block.number("partition", Integer.MAX_VALUE),
				DriveIdentity.serial(whole), DriveIdentity.wwid(whole), DriveIdentity.model(whole), size, logical,
				Math.max(logical, physical), writeCache(whole), DriveLimits.of(whole), block.flag("ro"),
				this.use.of(block, whole), whole.line("loop/backing_file"));
	}

	private static boolean foreign(SysfsDirectory whole) {
		String number = whole.text("dev");
		return whole.flag("hidden") || NVME_PATH.matcher(whole.name()).matches()
				|| (number != null && FOREIGN_MAJORS.contains(number.split(":", 2)[0]));
	}

	/** A name with an exclamation mark is that of a node in a directory of /dev. */
	private Path node(SysfsDirectory block) {
		return this.dev.resolve(block.name().replace('!', '/'));
	}

	private static WriteCache writeCache(SysfsDirectory whole) {
		return "write through".equals(whole.text("queue/write_cache")) ? WriteCache.WRITE_THROUGH
				: WriteCache.WRITE_BACK;
	}

}
