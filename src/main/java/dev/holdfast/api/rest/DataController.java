package dev.holdfast.api.rest;

import java.io.IOException;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.ByteSource;
import dev.holdfast.block.Transfer;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
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
 * The blocks of a volume over plain HTTP: whatever knows byte ranges can use them.
 */
@RestController
@RequestMapping("/v1/tenants/{tenant}/volumes/{volume}/data")
class DataController {

	private final VolumeLookup volumes;

	private final BlockService blocks;

	private final DataLimits limits;

	private final DataExchange exchange;

	DataController(VolumeLookup volumes, BlockService blocks, DataLimits limits, DataExchange exchange) {
		this.volumes = volumes;
		this.blocks = blocks;
		this.limits = limits;
		this.exchange = exchange;
	}

	@Operation(summary = "Shows a volume's size and block size")
	@Needs(Right.READ)
	@RequestMapping(method = RequestMethod.HEAD)
	void describe(@PathVariable String tenant, @PathVariable String volume, ShownLease lease,
			HttpServletRequest request, HttpServletResponse response) {
		Volume found = this.volumes.require(tenant, volume, lease);
		this.blocks.requireReady(found.key());
		if (!DataConditions.checkRead(request)) {
			response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
			return;
		}
		describe(found, response);
		response.setContentLengthLong(found.sizeBytes());
	}

	@Operation(summary = "Reads bytes")
	@Needs(Right.READ)
	@RequestMapping(method = RequestMethod.GET)
	void read(@PathVariable String tenant, @PathVariable String volume, ShownLease lease, WaitingClient client,
			HttpServletRequest request, HttpServletResponse response) throws IOException {
		Volume found = this.volumes.require(tenant, volume, lease);
		this.exchange.read(tenant, found.sizeBytes(), source(found.key(), lease, client),
				() -> describe(found, response), request, response);
	}

	private DataAnswer.Source source(VolumeKey key, ShownLease lease, WaitingClient client) {
		TransferOptions options = this.limits.options(false, lease, client);
		return (range, sink) -> this.blocks.read(key, range.offset(), range.length(), options, client.timed(sink));
	}

	private static void describe(Volume found, HttpServletResponse response) {
		response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
		response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
		response.setHeader("Holdfast-Block-Size", Integer.toString(found.blockSize()));
	}

	@Operation(summary = "Writes bytes")
	@Needs(Right.WRITE)
	@Parameter(name = "offset", in = ParameterIn.QUERY,
			schema = @Schema(type = "integer", format = "int64", minimum = "0"),
			description = "Where the first byte of the body goes; needed unless there is a Content-Range.")
	@Parameter(name = "fua", in = ParameterIn.QUERY, schema = @Schema(type = "boolean", defaultValue = "false"),
			description = "Whether it must be durable when answered.")
	@PutMapping
	void write(@PathVariable String tenant, @PathVariable String volume, ShownLease lease, WaitingClient client,
			HttpServletRequest request, HttpServletResponse response) throws IOException {
		Volume found = this.volumes.require(tenant, volume, lease);
		TransferOptions options = this.limits.options(Query.flag(request, "fua"), lease, client);
		this.exchange.write(tenant, found.sizeBytes(), new DataExchange.Target() {

			@Override
			public void check(long offset, long length) {
				DataController.this.blocks.requireReady(found.key());
			}

			@Override
			public Transfer write(long offset, long length, ByteSource body) throws IOException {
				return DataController.this.blocks.write(found.key(), offset, length, options, client.timed(body));
			}

		}, request, response);
	}

}
