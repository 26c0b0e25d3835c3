package dev.holdfast.engine;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import dev.holdfast.uring.Ring;
import dev.holdfast.uring.RingOptions;
import dev.holdfast.uring.sys.DmaBufferProbe;
import dev.holdfast.uring.sys.Errno;
import dev.holdfast.uring.sys.ErrnoException;
import dev.holdfast.uring.sys.KernelProbe;
import dev.holdfast.uring.sys.LinuxRingSyscalls;
import dev.holdfast.uring.sys.Opcode;
import dev.holdfast.uring.sys.PatientRingSyscalls;
import dev.holdfast.uring.sys.RingSyscalls;
import org.jspecify.annotations.Nullable;

/**
 * Opens engines.
 */
public final class IoEngines {

	private static final int PAGE = 4096;

	/** As long as the kernel may take for the rings of a process that was killed. */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private IoEngines() {
	}

	/**
	 * io_uring if this host allows it, else blocking calls; the reason is the first of
	 * {@link IoEngine#findings()}.
	 */
	public static IoEngine best(EngineOptions options) {
		try {
			return uring(options);
		}
		catch (UringRefusedException ex) {
			return psync(options, "io_uring is not used: " + ex.getMessage());
		}
	}

	/**
	 * Blocking calls on helper threads.
	 * @param reason why not io_uring
	 */
	public static IoEngine psync(EngineOptions options, String reason) {
		List<EngineLoop> loops = IntStream.range(0, options.loops())
			.mapToObj((i) -> new EngineLoop("holdfast-psync-loop-" + i, options.inKernel(),
					(loop) -> new PsyncBackend(options.inKernel(), loop)))
			.toList();
		all(loops.stream().map(EngineLoop::start).toList()).join();
		return new LoopEngine("psync", List.of(reason), loops, options.files(), null, reason,
				new NoPremapping("blocking calls cannot use premapped memory"), 0);
	}

	/**
	 * io_uring of this host.
	 * @throws UringRefusedException if this host refuses it
	 */
	public static IoEngine uring(EngineOptions options) throws UringRefusedException {
		return uring(new PatientRingSyscalls(new LinuxRingSyscalls(), PATIENCE), options);
	}

	/**
	 * io_uring.
	 * @throws UringRefusedException if this host refuses it
	 */
	public static IoEngine uring(RingSyscalls kernel, EngineOptions options) throws UringRefusedException {
		return uring(kernel, options,
				new NoPremapping(DmaBufferProbe.run(kernel)
						? "this kernel can register dma-bufs for a device, which this release does not use yet"
						: "this kernel cannot premap registered memory"));
	}

	static IoEngine uring(RingSyscalls kernel, EngineOptions options, Premapping premapping)
			throws UringRefusedException {
		KernelProbe probe = KernelProbe.run(kernel);
		String refusal = probe.refusal();
		if (refusal != null) {
			throw new UringRefusedException(refusal);
		}
		boolean discardCommand = probe.supports(Opcode.URING_CMD);
		RingOptions ringOptions = new RingOptions(options.entries(), 2 * options.inKernel(), options.files(),
				options.buffers(), false);
		List<EngineLoop> loops = IntStream.range(0, options.loops())
			.mapToObj((i) -> new EngineLoop("holdfast-ring-" + i, options.inKernel(),
					(loop) -> new RingBackend(Ring.open(kernel, ringOptions), loop, discardCommand)))
			.toList();
		try {
			all(loops.stream().map(EngineLoop::start).toList()).join();
			Ring source = openSource(kernel, options, loops.getFirst());
			return new LoopEngine("io_uring", findings(probe, loops.getFirst(), source), loops, options.files(),
					new Registrar(loops, source, options.buffers()), "", premapping, 1024L * options.ringKib());
		}
		catch (CompletionException ex) {
			throw closed(options, loops, ex.getCause());
		}
		catch (ErrnoException ex) {
			throw closed(options, loops, ex);
		}
	}

	private static UringRefusedException closed(EngineOptions options, List<EngineLoop> loops,
			@Nullable Throwable cause) {
		all(loops.stream().map(EngineLoop::stop).toList()).handle((nothing, failure) -> null).join();
		boolean memory = cause instanceof ErrnoException ex && ex.errno() == Errno.ENOMEM;
		return new UringRefusedException(
				memory ? "its rings, about %d KiB, do not fit%s".formatted(options.ringKib(), MemlockAdvice.sentence())
						: String.valueOf(cause));
	}

	private static CompletableFuture<Void> all(List<CompletableFuture<Void>> futures) {
		return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
	}

	/** The ring that others clone from, if this kernel can. */
	private static @Nullable Ring openSource(RingSyscalls kernel, EngineOptions options, EngineLoop loop)
			throws ErrnoException {
		Ring source = Ring.open(kernel, new RingOptions(4, 2 * options.buffers(), 0, options.buffers(), true));
		try (Arena arena = Arena.ofShared()) {
			boolean cloned = loop
				.call(() -> loop.backend() instanceof RingBackend backend
						&& Registrar.canClone(backend.ring(), source, arena.allocate(PAGE, PAGE)))
				.join();
			if (cloned) {
				return source;
			}
		}
		source.close();
		return null;
	}

	private static List<String> findings(KernelProbe probe, EngineLoop loop, @Nullable Ring source) {
		List<String> findings = new ArrayList<>();
		if (loop.backend() instanceof RingBackend backend) {
			findings.add("io_uring on kernel " + probe.release() + " with "
					+ String.join(", ", backend.ring().setup().names()));
			if (!backend.ring().setup().refused().isEmpty()) {
				findings.add("the kernel refused " + String.join(", ", backend.ring().setup().refused()));
			}
		}
		if (source == null) {
			findings.add("the kernel cannot share registered buffers between rings (6.13 can): each ring registers"
					+ " them for itself");
		}
		if (!probe.ipcLock() && probe.memlockBytes() != Long.MAX_VALUE) {
			findings.add("RLIMIT_MEMLOCK allows " + probe.memlockBytes() + " bytes of registered memory");
		}
		return findings;
	}

}
