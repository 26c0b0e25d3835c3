package dev.holdfast.block;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * One operation of a batch.
 *
 * @param kind what it does
 * @param offset in the volume in bytes; 0 for a flush
 * @param length in bytes; 0 for a flush
 * @param buffer name of the tenant's buffer that a read fills and a write takes from
 * @param bufferOffset where in the buffer, in bytes
 * @param fua whether what it changes must be durable when it is answered
 */
public record BatchOperation(Kind kind, long offset, long length, @Nullable String buffer, long bufferOffset,
		boolean fua) {

	/**
	 * What an operation does.
	 */
	public enum Kind {

		READ, WRITE, FLUSH, DISCARD, ZERO;

		private final String label = name().toLowerCase(Locale.ROOT);

		/**
		 * The name in the API.
		 * @return lower case
		 */
		public String label() {
			return this.label;
		}

		/**
		 * Whether it moves bytes between a buffer and the volume.
		 */
		public boolean names() {
			return this == READ || this == WRITE;
		}

	}

}
