package dev.holdfast.api.rest;

import java.util.Locale;
import java.util.stream.Collectors;

import dev.holdfast.block.Transfer;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Headers that say how a transfer was done.
 */
final class TransferHeaders {

	private static final double NANOS_PER_MILLI = 1e6;

	private TransferHeaders() {
	}

	static void add(Transfer transfer, HttpServletResponse response) {
		String tiers = transfer.tierLabels().stream().sorted().collect(Collectors.joining(", "));
		if (!tiers.isEmpty()) {
			response.setHeader("Holdfast-Tier", tiers);
		}
		response.setHeader("Server-Timing",
				"queue;dur=%s, device;dur=%s".formatted(millis(transfer.queueNanos()), millis(transfer.deviceNanos())));
	}

	private static String millis(long nanos) {
		return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MILLI);
	}

}
