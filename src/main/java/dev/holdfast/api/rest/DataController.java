package dev.holdfast.api.rest;

import java.io.IOException;

import dev.holdfast.block.BlockService;
import dev.holdfast.block.Transfer;
import dev.holdfast.block.TransferOptions;
import dev.holdfast.tenant.Right;
import dev.holdfast.volume.Volume;
import dev.holdfast.volume.VolumeKey;
import io.swagger.v3.oas.annotations.Operation;
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

	private final HeldMemory held;

	private final WholeReads wholeReads;

	DataController(VolumeLookup volumes, BlockService blocks, DataLimits limits) {
		this.volumes = volumes;
		this.blocks = blocks;
		this.limits = limits;
		this.held = new HeldMemory(limits.inlineBytes());
		this.wholeReads = new WholeReads(limits.wholeReads());
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
	void read(@PathVariable String tenant, @PathVariable String volume, ShownLease lease, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		Volume found = this.volumes.require(tenant, volume, lease);
		request.setAttribute(ProblemAnswer.VOLUME_SIZE, found.sizeBytes());
		if (!DataConditions.checkRead(request)) {
			response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
			return;
		}
		DataAnswer answer = new DataAnswer(found, DataRange.of(request, found.sizeBytes(), this.limits.ranges()));
		DataAnswer.Source source = source(lease);
		try (HeldMemory.Room room = this.held.tryTake(tenant, answer.length())) {
			if (room != null) {
				HeldAnswer whole = new HeldAnswer(room);
				Transfer transfer = answer.write(source, whole::put);
				head(found, answer, response);
				TransferHeaders.add(transfer, response);
				DigestAlgorithm digest = ContentDigest.wanted(request);
				if (digest != null) {
					response.setHeader(ContentDigest.HEADER, whole.digest(digest));
				}
				body(response).accept(whole.content());
			}
			else if (answer.length() > this.limits.inlineBytes() && answer.isWhole()) {
				try (WholeReads.Running running = this.wholeReads.begin(tenant)) {
					stream(found, answer, source, response);
				}
			}
			else {
				stream(found, answer, source, response);
			}
		}
	}

	private void stream(Volume found, DataAnswer answer, DataAnswer.Source source, HttpServletResponse response)
			throws IOException {
		head(found, answer, response);
		try {
			answer.write(source, body(response));
		}
		catch (RuntimeException ex) {
			if (!response.isCommitted()) {
				response.setHeader(HttpHeaders.CONTENT_RANGE, null);
				response.setContentLengthLong(-1);
				response.resetBuffer();
			}
			throw ex;
		}
	}

	private ResponseBody body(HttpServletResponse response) throws IOException {
		return new ResponseBody(response.getOutputStream(), new Pace(this.limits.pace()));
	}

	private DataAnswer.Source source(ShownLease lease) {
		TransferOptions options = this.limits.options(false, lease);
		return (key, range, sink) -> this.blocks.read(key, range.offset(), range.length(), options, sink);
	}

	private static void head(Volume found, DataAnswer answer, HttpServletResponse response) {
		describe(found, response);
		answer.head(response);
	}

	private static void describe(Volume found, HttpServletResponse response) {
		response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
		response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
		response.setHeader("Holdfast-Block-Size", Integer.toString(found.blockSize()));
	}

	@Operation(summary = "Writes bytes")
	@Needs(Right.WRITE)
	@PutMapping
	void write(@PathVariable String tenant, @PathVariable String volume, ShownLease lease, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		Volume found = this.volumes.require(tenant, volume, lease);
		request.setAttribute(ProblemAnswer.VOLUME_SIZE, found.sizeBytes());
		TransferOptions options = this.limits.options(Query.flag(request, "fua"), lease);
		WriteTarget target = WriteTarget.of(request, found.sizeBytes());
		ContentDigest digest = ContentDigest.of(request, response);
		DataConditions.checkWrite(request);
		RequestBody body = new RequestBody(request.getInputStream(), target.length() >= 0,
				new Pace(this.limits.pace()));
		Transfer transfer = (digest != null) ? write(found.key(), target, options, body, digest)
				: this.blocks.write(found.key(), target.offset(), target.length(), options, body);
		if (transfer.bytes() <= this.limits.inlineBytes()) {
			TransferHeaders.add(transfer, response);
		}
		response.setStatus(HttpServletResponse.SC_NO_CONTENT);
	}

	/**
	 * Writes nothing before all of it is there and is what was sent.
	 */
	private Transfer write(VolumeKey key, WriteTarget target, TransferOptions options, RequestBody body,
			ContentDigest digest) throws IOException {
		try (HeldBody whole = new HeldBody(this.held, key.tenant())) {
			whole.requireRoom(target.length());
			this.blocks.requireReady(key);
			whole.receive(body, target.length());
			digest.verify(whole.content());
			return this.blocks.write(key, target.offset(), whole.length(), options, whole.source());
		}
	}

}
