package dev.holdfast.mapping;

import dev.holdfast.buffer.BufferHandle;

/**
 * Routes for tests of what is above mappings.
 */
public final class Routes {

	private Routes() {
	}

	/**
	 * Of a buffer that is mapped nowhere.
	 */
	public static Route unmapped(BufferHandle buffer) {
		return new Route(buffer, null, new Fallbacks());
	}

}
