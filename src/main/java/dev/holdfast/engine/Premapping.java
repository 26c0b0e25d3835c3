package dev.holdfast.engine;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Maps registered memory to a device once, so that nothing is left to set up per I/O: the
 * seam at which such ways are added (the kernel's registration of dma-bufs, queue pairs
 * of our own). Any thread.
 */
public interface Premapping {

	/**
	 * Why memory cannot be mapped to a device.
	 * @param device that is to use it
	 * @return one sentence, or {@code null} if it can
	 */
	@Nullable String refusal(IoDevice device);

	/**
	 * Maps memory to a device.
	 * @param buffer registered
	 * @param device that is to use it
	 * @return what operations on that device name to use the mapping, in tier
	 * {@link Tier#DMA}; ended by {@link IoEngine#unregister}, before the buffer itself is
	 */
	CompletableFuture<IoBuffer> map(IoBuffer buffer, IoDevice device);

}
