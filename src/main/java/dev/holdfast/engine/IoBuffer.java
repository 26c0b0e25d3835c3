package dev.holdfast.engine;

import java.lang.foreign.MemorySegment;

import org.jspecify.annotations.Nullable;

/**
 * Memory that an engine may do I/O with. Valid from {@link IoEngine#register} to
 * {@link IoEngine#unregister}.
 */
public interface IoBuffer {

	MemorySegment memory();

	/**
	 * The tier of I/O with this buffer.
	 * @return {@link Tier#BVEC} if it is registered
	 */
	Tier tier();

	/**
	 * The same memory by its plain address. It lives and ends with this buffer.
	 * @return in tier {@link Tier#NONE}
	 */
	IoBuffer plain();

	/**
	 * Why the memory is not registered.
	 * @return one sentence, or {@code null} if it is
	 */
	@Nullable String refusal();

}
