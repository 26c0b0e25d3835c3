package dev.holdfast.tenant;

/**
 * Something that a role may do.
 */
public enum Right {

	/** Manage tenants, tokens and devices. */
	ADMINISTER,
	/** See what a tenant has, without its bytes. */
	LIST,
	/** Make and remove what a tenant has. */
	MANAGE,
	/** Read a tenant's bytes. */
	READ,
	/** Write a tenant's bytes. */
	WRITE

}
