package dev.holdfast.device;

import java.util.UUID;

/**
 * What an operation is about, for the order of what is held. It is told by the volume,
 * whose blocks may be elsewhere once it goes out.
 *
 * @param volume identity of the volume
 * @param offset in the volume in bytes
 * @param length in bytes; 0 for a flush, which needs no order
 * @param changes whether it changes what is there
 * @param operation the one that it belongs to, whose parts do not wait for each other:
 * told by its identity
 */
public record HeldRange(UUID volume, long offset, long length, boolean changes, Object operation) {

	boolean conflictsWith(HeldRange other) {
		return !this.operation.equals(other.operation) && (this.changes || other.changes)
				&& this.volume.equals(other.volume) && this.offset < other.offset + other.length
				&& other.offset < this.offset + this.length;
	}

}
