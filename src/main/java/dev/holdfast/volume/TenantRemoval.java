package dev.holdfast.volume;

import dev.holdfast.buffer.Buffers;
import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.device.Devices;
import dev.holdfast.operation.Operations;
import dev.holdfast.tenant.Tenant;
import dev.holdfast.tenant.Tenants;
import dev.holdfast.tenant.Tokens;

/**
 * The end of a tenant: its tokens end at once, and its operations are forgotten. One that
 * a crash interrupts is still there afterwards, without tokens.
 */
public final class TenantRemoval {

	private final Tenants tenants;

	private final Tokens tokens;

	private final Operations operations;

	private final Volumes volumes;

	private final Devices devices;

	private final Buffers buffers;

	public TenantRemoval(Tenants tenants, Tokens tokens, Operations operations, Volumes volumes, Devices devices,
			Buffers buffers) {
		this.tenants = tenants;
		this.tokens = tokens;
		this.operations = operations;
		this.volumes = volumes;
		this.devices = devices;
		this.buffers = buffers;
	}

	/**
	 * Removes a tenant that owns nothing.
	 * @param name which
	 * @param demanded of what is there
	 * @throws ProblemException {@link Problem#NOT_FOUND}, {@link Problem#IN_USE} if it
	 * has buffers or volumes, or had volumes of which a device that is away still has a
	 * part
	 */
	public void remove(String name, Precondition<Tenant> demanded) {
		demanded.check(this.tenants.find(name).orElse(null));
		this.tenants.require(name);
		this.buffers.whileUnused(name, () -> this.volumes.whileUnused(name, this.devices.names().keySet(),
				() -> this.tenants.remove(name, demanded, () -> {
					this.tokens.endAll(name);
					this.operations.forgetAll(name);
				})));
	}

}
