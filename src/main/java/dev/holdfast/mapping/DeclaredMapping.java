package dev.holdfast.mapping;

/**
 * The answer to a declaration.
 *
 * @param status what is there now
 * @param created whether it was declared by this call
 */
public record DeclaredMapping(MappingStatus status, boolean created) {

}
