package dev.holdfast.api.rest;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Memory for what is held back until it is complete: answers, so that their headers can
 * say how they were done, and bodies whose digest is verified before the first byte is
 * written. Together they may take the room of eight of the largest, of which a tenant
 * gets at most a quarter, so that its slow clients cannot use up everybody's. Any thread.
 */
final class HeldMemory {

	private static final int LARGEST_AT_A_TIME = 8;

	private static final int TENANT_SHARE = 4;

	private final long limit;

	private final long share;

	private final Map<String, Long> taken = new HashMap<>();

	private long free;

	/**
	 * All of it.
	 * @param limit bytes of the largest that is held
	 */
	HeldMemory(long limit) {
		this.limit = limit;
		this.free = limit * LARGEST_AT_A_TIME;
		this.share = this.free / TENANT_SHARE;
	}

	/**
	 * Up to here something may be held.
	 */
	long limit() {
		return this.limit;
	}

	/**
	 * Takes room.
	 * @return {@code null} if it is too large to be held or there is no room now
	 */
	synchronized @Nullable Room tryTake(String tenant, long length) {
		if (length > this.limit || length > this.free || taken(tenant) + length > this.share) {
			return null;
		}
		this.free -= length;
		this.taken.merge(tenant, length, Long::sum);
		return new Room(tenant, (int) length);
	}

	/**
	 * What a tenant has.
	 */
	synchronized long taken(String tenant) {
		return this.taken.getOrDefault(tenant, 0L);
	}

	private synchronized void giveBack(String tenant, int length) {
		this.free += length;
		this.taken.computeIfPresent(tenant, (name, bytes) -> (bytes > length) ? bytes - length : null);
	}

	/**
	 * Room for one answer or a part of a body, until it is closed. One thread.
	 */
	final class Room implements AutoCloseable {

		private final String tenant;

		private final byte[] bytes;

		private boolean open = true;

		private Room(String tenant, int length) {
			this.tenant = tenant;
			this.bytes = new byte[length];
		}

		byte[] bytes() {
			return this.bytes;
		}

		@Override
		public void close() {
			if (this.open) {
				this.open = false;
				giveBack(this.tenant, this.bytes.length);
			}
		}

	}

}
