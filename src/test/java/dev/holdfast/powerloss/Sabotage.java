package dev.holdfast.powerloss;

import dev.holdfast.engine.IoOperation;

/**
 * Whether a flush or a {@code fua} is to be taken out of the code. Asked on the thread
 * that submits it, so that the stack says where it comes from.
 */
@FunctionalInterface
interface Sabotage {

	Sabotage NONE = (operation) -> false;

	boolean hits(IoOperation operation);

}
