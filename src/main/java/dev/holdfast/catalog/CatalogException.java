package dev.holdfast.catalog;

/**
 * The catalog cannot be opened, or not be copied.
 */
public final class CatalogException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public CatalogException(String message) {
		super(message);
	}

	public CatalogException(String message, Throwable cause) {
		super(message, cause);
	}

}
