package dev.holdfast.api.rest;

import java.io.IOException;

import dev.holdfast.block.ByteSource;
import dev.holdfast.block.Transfer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Bytes over plain HTTP, whatever they are of: ranges, conditions, digests, and memory
 * for what is held back. Any thread.
 */
@Component
final class DataExchange {

	private final DataLimits limits;

	private final HeldMemory held;

	private final WholeReads wholeReads;

	DataExchange(DataLimits limits) {
		this.limits = limits;
		this.held = new HeldMemory(limits.inlineBytes());
		this.wholeReads = new WholeReads(limits.wholeReads());
	}

	/**
	 * Answers a {@code GET}.
	 * @param size of what is there
	 * @param describe sets headers that every answer has
	 */
	void read(String tenant, long size, DataAnswer.Source source, Runnable describe, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		request.setAttribute(ProblemAnswer.DATA_SIZE, size);
		if (!DataConditions.checkRead(request)) {
			response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
			return;
		}
		DataAnswer answer = new DataAnswer(size, DataRange.of(request, size, this.limits.ranges()));
		try (HeldMemory.Room room = this.held.tryTake(tenant, answer.length())) {
			if (room != null) {
				HeldAnswer whole = new HeldAnswer(room);
				Transfer transfer = answer.write(source, whole::put);
				describe.run();
				answer.head(response);
				TransferHeaders.add(transfer, response);
				DigestAlgorithm digest = ContentDigest.wanted(request);
				if (digest != null) {
					response.setHeader(ContentDigest.HEADER, whole.digest(digest));
				}
				body(response).accept(whole.content());
			}
			else if (answer.length() > this.limits.inlineBytes() && answer.isWhole()) {
				try (WholeReads.Running running = this.wholeReads.begin(tenant)) {
					stream(answer, source, describe, response);
				}
			}
			else {
				stream(answer, source, describe, response);
			}
		}
	}

	private void stream(DataAnswer answer, DataAnswer.Source source, Runnable describe, HttpServletResponse response)
			throws IOException {
		describe.run();
		answer.head(response);
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

	/**
	 * Answers a {@code PUT}.
	 * @param size of what is there
	 */
	void write(String tenant, long size, Target target, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		request.setAttribute(ProblemAnswer.DATA_SIZE, size);
		WriteTarget place = WriteTarget.of(request, size);
		ContentDigest digest = ContentDigest.of(request, response);
		DataConditions.checkWrite(request);
		RequestBody body = new RequestBody(request.getInputStream(), place.length() >= 0, new Pace(this.limits.pace()));
		Transfer transfer = (digest != null) ? write(tenant, place, target, body, digest)
				: target.write(place.offset(), place.length(), body);
		if (transfer.bytes() <= this.limits.inlineBytes()) {
			TransferHeaders.add(transfer, response);
		}
		response.setStatus(HttpServletResponse.SC_NO_CONTENT);
	}

	/**
	 * Writes nothing before all of it is there and is what was sent.
	 */
	private Transfer write(String tenant, WriteTarget place, Target target, RequestBody body, ContentDigest digest)
			throws IOException {
		try (HeldBody whole = new HeldBody(this.held, tenant)) {
			whole.requireRoom(place.length());
			target.check(place.offset(), place.length());
			whole.receive(body, place.length());
			digest.verify(whole.content());
			return target.write(place.offset(), whole.length(), whole.source());
		}
	}

	/**
	 * Where bytes go.
	 */
	interface Target {

		/**
		 * Refuses what would be refused later, before a body is taken.
		 * @param length how many bytes, or -1 if that is not known
		 */
		void check(long offset, long length);

		/**
		 * Writes.
		 * @param length how many bytes, or -1 for all that there are
		 */
		Transfer write(long offset, long length, ByteSource body) throws IOException;

	}

}
