package dev.holdfast.tenant;

import java.util.Locale;

/**
 * What a token is for. An administrator manages tenants, tokens, devices and volumes and
 * never sees a tenant's bytes.
 */
public enum Role {

	ADMIN, TENANT, READER;

	private final String label = name().toLowerCase(Locale.ROOT);

	public boolean may(Right right) {
		return switch (right) {
			case ADMINISTER -> this == ADMIN;
			case LIST -> true;
			case MANAGE -> this != READER;
			case READ -> this != ADMIN;
			case WRITE -> this == TENANT;
		};
	}

	/**
	 * The name in the API.
	 * @return lower case
	 */
	public String label() {
		return this.label;
	}

}
