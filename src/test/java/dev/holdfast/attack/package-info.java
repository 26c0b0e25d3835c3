/**
 * Clients that mean harm, or are broken: whatever they send, nobody else notices, nothing
 * is written that should not be, and afterwards all that the service lends out is back.
 */
@NullMarked
package dev.holdfast.attack;

import org.jspecify.annotations.NullMarked;
