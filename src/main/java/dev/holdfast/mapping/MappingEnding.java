package dev.holdfast.mapping;

import java.util.concurrent.CompletableFuture;

/**
 * The end of a mapping that has begun.
 *
 * @param declaration what was declared of it
 * @param gone completes when nothing is left
 */
public record MappingEnding(MappingDeclaration declaration, CompletableFuture<Void> gone) {

}
