package dev.holdfast.api.rest;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.DeviceRange;
import dev.holdfast.volume.Pin;
import dev.holdfast.volume.VolumeHandle;
import dev.holdfast.volume.Volumes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where a volume's bytes are: what the resolver answers.
 */
@RestController
class ExtentsController {

	/** How much is resolved for a page at most, whatever is merged. */
	private static final int PIECES = 100_000;

	private final Volumes volumes;

	ExtentsController(Volumes volumes) {
		this.volumes = volumes;
	}

	/**
	 * Neighbouring ranges are merged. The page token is the offset to go on at.
	 */
	@Operation(summary = "Shows where bytes of a volume are")
	@Needs(Right.LIST)
	@Parameter(name = "offset", in = ParameterIn.QUERY, schema = @Schema(type = "integer", format = "int64"),
			description = "Of the first byte; 0 unless it is said.")
	@Parameter(name = "length", in = ParameterIn.QUERY, schema = @Schema(type = "integer", format = "int64"),
			description = "In bytes; to the end unless it is said.")
	@GetMapping("/v1/tenants/{tenant}/volumes/{volume}/extents")
	ExtentList show(@PathVariable String tenant, @PathVariable String volume, HttpServletRequest request) {
		VolumeHandle handle = this.volumes.open(VolumeLookup.key(tenant, volume));
		try (Pin pin = handle.pin()) {
			long size = handle.volume().sizeBytes();
			long offset = number(request, "offset", 0);
			long length = number(request, "length", Math.max(0, size - offset));
			if (offset > size - length || length == 0) {
				throw new ProblemException(Problem.RANGE_NOT_SATISFIABLE,
						"The range is not inside the volume, which has %d bytes".formatted(size))
					.with("size", size);
			}
			return page(pin, from(request, offset, length), offset + length, Page.size(request));
		}
	}

	private static long from(HttpServletRequest request, long offset, long length) {
		long from = number(request, "pageToken", offset);
		if (from < offset || from >= offset + length) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, Page.UNKNOWN_TOKEN);
		}
		return from;
	}

	private static ExtentList page(Pin pin, long from, long end, int pageSize) {
		List<Extent> extents = new ArrayList<>();
		long at = from;
		for (int piece = 0; at < end && piece < PIECES; piece++) {
			DeviceRange range = pin.first(at, end - at);
			Extent last = extents.isEmpty() ? null : extents.getLast();
			if (last != null && last.precedes(range)) {
				extents.set(extents.size() - 1, last.with(range.length()));
			}
			else if (extents.size() == pageSize) {
				break;
			}
			else {
				extents.add(new Extent(at, range.device().name(), range.offset(), range.length()));
			}
			at += range.length();
		}
		return new ExtentList(extents, (at < end) ? Long.toString(at) : null);
	}

	private static long number(HttpServletRequest request, String name, long otherwise) {
		String text = Query.single(request, name);
		if (text == null) {
			return otherwise;
		}
		if (!text.matches("\\d{1,18}")) {
			throw new ProblemException(Problem.MALFORMED_REQUEST, name + " is a number");
		}
		return Long.parseLong(text);
	}

	/**
	 * Neighbouring bytes.
	 *
	 * @param offset in the volume
	 * @param device name of the device
	 * @param deviceOffset on the device
	 * @param length in bytes
	 */
	record Extent(long offset, String device, long deviceOffset, long length) {

		boolean precedes(DeviceRange next) {
			return this.device.equals(next.device().name()) && this.deviceOffset + this.length == next.offset();
		}

		Extent with(long more) {
			return new Extent(this.offset, this.device, this.deviceOffset, this.length + more);
		}

	}

	/**
	 * One page of extents.
	 *
	 * @param extents in the volume's order
	 * @param nextPageToken for the next page, if there is one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record ExtentList(List<Extent> extents, @Nullable String nextPageToken) {

	}

}
