package dev.holdfast.device;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.Posix;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.byref.PointerByReference;
import jnr.ffi.provider.jffi.NoX86;
import org.jspecify.annotations.Nullable;

/**
 * Asks libblkid which file systems, partition tables, RAID, LVM or encryption have their
 * signature on a device, through the one descriptor that the device has. Any thread,
 * which it blocks; each call has a probe of its own.
 * <p>
 * libblkid (2.38.1, Linux 6.18) reads any number of bytes at any offset into memory
 * aligned to nothing. With {@code O_DIRECT} its first read is {@code EINVAL}, and so is
 * its answer: on loop devices of either block size, and on files but for holes. By a
 * second, buffered open one could get another drive, if this one has just gone. So
 * {@code O_DIRECT} is cleared by {@code fcntl(2)} while libblkid reads and then set
 * again. The flag belongs to the open file and not to a call: ask before the engine has
 * the descriptor. The few pages read this way stay in the page cache, which the kernel
 * keeps true to direct writes.
 * <p>
 * A bad checksum does not make a file system nobody's, nor does a lost protective MBR
 * make a GPT: both count.
 */
final class Signatures {

	/** Where Debian has the library, it is this; the package is libblkid1. */
	static final String LIBRARY = "libblkid.so.1";

	private static final int BLKID_SUBLKS_TYPE = 1 << 5;

	private static final int BLKID_SUBLKS_BADCSUM = 1 << 10;

	private static final int BLKID_PARTS_FORCE_GPT = 1 << 1;

	private static final int NOTHING = 1;

	private static final int AMBIVALENT = -2;

	/** More than any device has; ends a loop that libblkid should end. */
	private static final int MOST = 32;

	private final @Nullable LibBlkid library;

	private Signatures(@Nullable LibBlkid library) {
		this.library = library;
	}

	/**
	 * With the library of this host, or without if it has none.
	 */
	static Signatures installed() {
		return Installed.SIGNATURES;
	}

	/**
	 * With a library by the name it has for the dynamic linker.
	 */
	static Signatures load(String name) {
		try {
			// Otherwise it fails at its first call.
			return new Signatures(LibraryLoader.create(LibBlkid.class)
				.failImmediately()
				.option(LibraryOption.LoadNow, true)
				.library(name)
				.load());
		}
		catch (UnsatisfiedLinkError ex) {
			return new Signatures(null);
		}
	}

	/**
	 * What the operator should know.
	 * @return sentences; empty if all is well
	 */
	List<String> findings() {
		return (this.library != null) ? List.of() : List.of(LIBRARY
				+ " is not here: whether a device holds anything else is told only by its first and last MiB not being zero. Install it (Debian: libblkid1)");
	}

	/**
	 * Looks. What cannot be read is in the answer, since it matters only if the device
	 * turns out to have no label.
	 * @param file that nothing does I/O on
	 * @return what is there
	 * @throws ErrnoException if the descriptor cannot be switched between buffered and
	 * direct I/O; it is of no use then
	 */
	Found on(BlockFile file) throws ErrnoException {
		if (this.library == null) {
			return Found.NOTHING;
		}
		Posix.setDirect(file.descriptor(), false);
		try {
			return probe(this.library, file.descriptor());
		}
		finally {
			Posix.setDirect(file.descriptor(), true);
		}
	}

	private static Found probe(LibBlkid library, int descriptor) {
		long probe = library.blkid_new_probe();
		if (probe == 0) {
			return new Found(List.of(), Errno.ENOMEM);
		}
		try {
			if (library.blkid_probe_set_device(probe, descriptor, 0, 0) != 0) {
				return new Found(List.of(), Errno.EIO);
			}
			library.blkid_probe_enable_superblocks(probe, 1);
			library.blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_BADCSUM);
			library.blkid_probe_enable_partitions(probe, 1);
			library.blkid_probe_set_partitions_flags(probe, BLKID_PARTS_FORCE_GPT);
			List<String> types = new ArrayList<>();
			int result = library.blkid_do_safeprobe(probe);
			if (result == 0) {
				addTypes(library, probe, types);
			}
			else if (result == AMBIVALENT) {
				addEach(library, probe, types);
			}
			else if (result != NOTHING) {
				return new Found(List.of(), -result);
			}
			return new Found(types, 0);
		}
		finally {
			library.blkid_free_probe(probe);
		}
	}

	/** The safe probe names none of several: the other finds them one after another. */
	private static void addEach(LibBlkid library, long probe, List<String> types) {
		library.blkid_reset_probe(probe);
		for (int i = 0; i < MOST && library.blkid_do_probe(probe) == 0; i++) {
			addTypes(library, probe, types);
		}
		if (types.isEmpty()) {
			types.add("several signatures");
		}
	}

	private static void addTypes(LibBlkid library, long probe, List<String> types) {
		int before = types.size();
		for (String name : List.of("TYPE", "PTTYPE")) {
			PointerByReference value = new PointerByReference();
			if (library.blkid_probe_lookup_value(probe, name, value, 0) == 0) {
				types.add(value.getValue().getString(0));
			}
		}
		if (types.size() == before) {
			types.add("a signature without a name");
		}
	}

	/**
	 * What is on a device.
	 *
	 * @param types the names libblkid has for them, such as {@code ext4}, {@code gpt},
	 * {@code LVM2_member}
	 * @param error why it could not tell, a positive errno, or 0
	 */
	record Found(List<String> types, int error) {

		static final Found NOTHING = new Found(List.of(), 0);

		Found {
			types = List.copyOf(types);
		}

	}

	/** Loading is costly and done once, when it is first needed. */
	private static final class Installed {

		static final Signatures SIGNATURES = load(LIBRARY);

	}

	/**
	 * The functions of libblkid's low-level probing ({@code blkid.h}); public because
	 * jnr-ffi implements it from elsewhere. {@link NoX86} for the reason given with the C
	 * library.
	 */
	@NoX86
	public interface LibBlkid {

		long blkid_new_probe();

		void blkid_free_probe(long probe);

		void blkid_reset_probe(long probe);

		int blkid_probe_set_device(long probe, int descriptor, long offset, long size);

		int blkid_probe_enable_superblocks(long probe, int enable);

		int blkid_probe_set_superblocks_flags(long probe, int flags);

		int blkid_probe_enable_partitions(long probe, int enable);

		int blkid_probe_set_partitions_flags(long probe, int flags);

		int blkid_do_safeprobe(long probe);

		int blkid_do_probe(long probe);

		int blkid_probe_lookup_value(long probe, CharSequence name, PointerByReference data, long length);

	}

}
