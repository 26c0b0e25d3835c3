/**
 * Submit an operation, get a completion: ring loops, operation slots, batching,
 * back-pressure, splitting, retries, deadlines and draining close. Knows devices, buffers
 * and flows; knows nothing of tenants, volumes or labels.
 */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;
