package dev.holdfast.uring.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What this kernel and this process may do with io_uring.
 *
 * @param release of the kernel
 * @param refusal why io_uring cannot be used and what to change, or {@code null} if it
 * can
 * @param features {@code IORING_FEAT_*} bits
 * @param opcodes supported operations of queue entries
 * @param memlockBytes soft limit on locked memory, {@link Long#MAX_VALUE} if there is
 * none
 * @param ipcLock whether the process has {@code CAP_IPC_LOCK}, which lifts that limit
 */
public record KernelProbe(String release, @Nullable String refusal, int features, BitSet opcodes, long memlockBytes,
		boolean ipcLock) {

	private static final int CAP_IPC_LOCK = 14;

	private static final int CAP_SYS_ADMIN = 21;

	private static final int PROBE_OPERATIONS = 256;

	private static final long PROBE_HEADER = 16;

	private static final long PROBE_ENTRY = 8;

	private static final Path DISABLED = Path.of("/proc/sys/kernel/io_uring_disabled");

	/**
	 * Asks the kernel. Sets up a small ring and closes it again.
	 */
	public static KernelProbe run(RingSyscalls kernel) {
		long memlock = memlock();
		boolean ipcLock = hasCapability(CAP_IPC_LOCK);
		String release = System.getProperty("os.version", "?");
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment params = arena.allocate(RingAbi.PARAMS_SIZE, Long.BYTES);
			int ring = kernel.setup(2, params);
			if (ring < 0) {
				return new KernelProbe(release, refusal(-ring, release, memlock, disabled()), 0, new BitSet(), memlock,
						ipcLock);
			}
			try {
				return new KernelProbe(release, null, params.get(ValueLayout.JAVA_INT, RingAbi.PARAMS_FEATURES),
						opcodes(kernel, ring, arena), memlock, ipcLock);
			}
			finally {
				kernel.close(ring);
			}
		}
	}

	/**
	 * Whether an operation can be put on a queue.
	 * @param opcode one of {@link Opcode}
	 */
	public boolean supports(int opcode) {
		return this.opcodes.get(opcode);
	}

	/**
	 * How much may be registered.
	 * @return bytes; {@link Long#MAX_VALUE} if there is no limit for this process
	 */
	public long lockableBytes() {
		return this.ipcLock ? Long.MAX_VALUE : this.memlockBytes;
	}

	/**
	 * Why {@code io_uring_setup} failed, and what to change.
	 * @param errno positive
	 * @param disabled value of the sysctl {@code kernel.io_uring_disabled}, which came
	 * with 6.6, or {@code null} if there is none
	 * @return one sentence
	 */
	static String refusal(int errno, String release, long memlock, @Nullable String disabled) {
		return switch (errno) {
			case Errno.EPERM -> notPermitted(disabled);
			case Errno.ENOSYS -> "kernel " + release + " has no io_uring, or a seccomp profile hides it";
			case Errno.ENOMEM -> "RLIMIT_MEMLOCK is " + memlock
					+ " bytes, for all processes of this user together, too little for a ring;"
					+ " raise it (ulimit -l, LimitMEMLOCK=) or give CAP_IPC_LOCK";
			default -> "io_uring_setup failed with " + Errno.name(errno);
		};
	}

	private static String notPermitted(@Nullable String disabled) {
		return switch ((disabled != null) ? disabled : "0") {
			case "1" -> "sysctl kernel.io_uring_disabled is 1 and this process is not in kernel.io_uring_group;"
					+ " set the sysctl to 0, or the group";
			case "2" -> "sysctl kernel.io_uring_disabled is 2; set it to 0";
			default -> "a seccomp profile blocks io_uring_setup; allow io_uring_setup, io_uring_enter and"
					+ " io_uring_register in it";
		};
	}

	private static BitSet opcodes(RingSyscalls kernel, int ring, Arena arena) {
		MemorySegment probe = arena.allocate(PROBE_HEADER + PROBE_OPERATIONS * PROBE_ENTRY, Long.BYTES);
		BitSet supported = new BitSet();
		if (kernel.register(ring, RegisterOpcode.PROBE, probe, PROBE_OPERATIONS) < 0) {
			return supported;
		}
		int count = Byte.toUnsignedInt(probe.get(ValueLayout.JAVA_BYTE, 1));
		for (int i = 0; i < count; i++) {
			long entry = PROBE_HEADER + i * PROBE_ENTRY;
			if ((probe.get(ValueLayout.JAVA_SHORT, entry + 2) & RingAbi.OP_SUPPORTED) != 0) {
				supported.set(Byte.toUnsignedInt(probe.get(ValueLayout.JAVA_BYTE, entry)));
			}
		}
		return supported;
	}

	private static long memlock() {
		try {
			return Posix.memlockLimit();
		}
		catch (ErrnoException ex) {
			return 0;
		}
	}

	private static boolean hasCapability(int capability) {
		try {
			for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
				if (line.startsWith("CapEff:")) {
					long capabilities = Long.parseUnsignedLong(line.substring(7).strip().toLowerCase(Locale.ROOT), 16);
					return (capabilities >>> capability & 1) != 0;
				}
			}
		}
		catch (IOException ex) {
			return false;
		}
		return false;
	}

	/** What the sysctl says to this process: 1 does not hold for an administrator. */
	private static @Nullable String disabled() {
		String value = readFirstLine(DISABLED);
		return ("1".equals(value) && hasCapability(CAP_SYS_ADMIN)) ? "0" : value;
	}

	private static @Nullable String readFirstLine(Path file) {
		try {
			return Files.readAllLines(file).getFirst().strip();
		}
		catch (IOException ex) {
			return null;
		}
	}

}
