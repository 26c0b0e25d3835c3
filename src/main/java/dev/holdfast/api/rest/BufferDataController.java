package dev.holdfast.api.rest;

import java.io.IOException;

import dev.holdfast.block.BufferTransfers;
import dev.holdfast.block.ByteSource;
import dev.holdfast.block.Transfer;
import dev.holdfast.buffer.BufferHandle;
import dev.holdfast.tenant.Right;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * The bytes of a buffer over plain HTTP, in the same way as those of a volume.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/buffers/{buffer}/data")
class BufferDataController {

	private final BufferLookup buffers;

	private final DataExchange exchange;

	BufferDataController(BufferLookup buffers, DataExchange exchange) {
		this.buffers = buffers;
		this.exchange = exchange;
	}

	@Operation(summary = "Shows a buffer's size")
	@Needs(Right.READ)
	@RequestMapping(method = RequestMethod.HEAD)
	void describe(@PathVariable String tenant, @PathVariable String buffer, HttpServletRequest request,
			HttpServletResponse response) {
		BufferHandle found = this.buffers.open(tenant, buffer);
		if (!DataConditions.checkRead(request)) {
			response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
			return;
		}
		describe(response);
		response.setContentLengthLong(found.size());
	}

	@Operation(summary = "Reads bytes of a buffer")
	@Needs(Right.READ)
	@RequestMapping(method = RequestMethod.GET)
	void read(@PathVariable String tenant, @PathVariable String buffer, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		BufferHandle found = this.buffers.open(tenant, buffer);
		this.exchange.read(tenant, found.size(),
				(range, sink) -> BufferTransfers.read(found, range.offset(), range.length(), sink),
				() -> describe(response), request, response);
	}

	private static void describe(HttpServletResponse response) {
		response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
		response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
	}

	@Operation(summary = "Writes bytes of a buffer")
	@Needs(Right.WRITE)
	@Parameter(name = "offset", in = ParameterIn.QUERY,
			schema = @Schema(type = "integer", format = "int64", minimum = "0"),
			description = "Where the first byte of the body goes; needed unless there is a Content-Range.")
	@PutMapping
	void write(@PathVariable String tenant, @PathVariable String buffer, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		BufferHandle found = this.buffers.open(tenant, buffer);
		this.exchange.write(tenant, found.size(), new DataExchange.Target() {

			@Override
			public void check(long offset, long length) {
				BufferTransfers.check(found, offset, Math.max(0, length));
			}

			@Override
			public Transfer write(long offset, long length, ByteSource body) throws IOException {
				check(offset, length);
				return BufferTransfers.write(found, offset, length, body);
			}

		}, request, response);
	}

}
