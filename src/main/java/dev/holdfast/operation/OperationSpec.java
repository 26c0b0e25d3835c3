package dev.holdfast.operation;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done.
 *
 * @param kind such as {@code create-volume}, {@code grow-volume}, {@code scrub}
 * @param tenant who sees it; {@code null} if only administrators do
 * @param subject what it is done to, such as {@code tenants/acme/volumes/db} or
 * {@code devices/nvme0}
 * @param unit what progress counts, such as {@code bytes}
 * @param total how much there is to do, in that unit; 0 if that is not known yet
 * @param detail what whoever resumes it needs to know; kept and never shown
 */
public record OperationSpec(String kind, @Nullable String tenant, String subject, String unit, long total,
		String detail) {

}
