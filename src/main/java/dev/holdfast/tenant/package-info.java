/**
 * Tenants, tokens and roles: who someone is and what they may do.
 */
@NullMarked
package dev.holdfast.tenant;

import org.jspecify.annotations.NullMarked;
