package dev.holdfast.api.rest;

import java.util.Collections;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.concurrent.TimeUnit;

import dev.holdfast.block.ByteSink;
import dev.holdfast.block.ByteSource;
import dev.holdfast.block.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * The client of a request for I/O: how long it waits, by the preference {@code wait} of
 * RFC 7240, and whether its connection is still there. A method of a controller that has
 * a parameter of this type gets that of its request. For the thread of the request.
 * <p>
 * Its time begins with the first thing that is waited for on its behalf, since it is for
 * a request that has been received; time that it takes itself to send or take bytes does
 * not count.
 */
final class WaitingClient implements Caller {

	private static final String PREFER = "Prefer";

	private static final String APPLIED = "Preference-Applied";

	/** No preference that is known here has any. */
	private static final Pattern QUOTED = Pattern.compile("\"[^\"]*+\"?");

	private static final Pattern PREFERENCE = Pattern.compile("[^,]++");

	/** With parameters, which mean nothing. */
	private static final Pattern WAIT = Pattern.compile("\\s*+wait\\s*+(?:=\\s*+([^;\\s]*+)\\s*+)?(?:;.*+)?",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern SECONDS = Pattern.compile("0*+[1-9]\\d{0,8}");

	private final @Nullable HttpProcessor connection;

	private final long waitNanos;

	private boolean begun;

	private long deadline = Long.MAX_VALUE;

	private boolean gone;

	private WaitingClient(@Nullable HttpProcessor connection, long waitNanos) {
		this.connection = connection;
		this.waitNanos = waitNanos;
	}

	/**
	 * Reads what it prefers, and tells it that this is heeded. What is malformed or is
	 * not known is ignored; so is to wait for no time at all, in which nothing can be
	 * done.
	 */
	static WaitingClient of(HttpServletRequest request, HttpServletResponse response) {
		HttpProcessor connection = HttpProcessor.of(request);
		String seconds = (request.getHeader(PREFER) != null) ? seconds(request) : null;
		if (seconds == null) {
			return new WaitingClient(connection, Long.MAX_VALUE);
		}
		response.setHeader(APPLIED, "wait=" + seconds);
		return new WaitingClient(connection, TimeUnit.SECONDS.toNanos(Long.parseLong(seconds)));
	}

	/**
	 * What the first {@code wait} says: of several that one counts.
	 */
	private static @Nullable String seconds(HttpServletRequest request) {
		for (String header : Collections.list(request.getHeaders(PREFER))) {
			Matcher preference = PREFERENCE.matcher(QUOTED.matcher(header).replaceAll(""));
			while (preference.find()) {
				Matcher wait = WAIT.matcher(preference.group());
				if (wait.matches()) {
					String seconds = wait.group(1);
					return (seconds != null && SECONDS.matcher(seconds).matches()) ? seconds : null;
				}
			}
		}
		return null;
	}

	@Override
	public long deadline() {
		if (!this.begun && this.waitNanos != Long.MAX_VALUE) {
			this.deadline = System.nanoTime() + this.waitNanos;
		}
		this.begun = true;
		return this.deadline;
	}

	@Override
	public boolean isGone() {
		this.gone = this.gone || (this.connection != null && this.connection.clientHasGone());
		return this.gone;
	}

	/**
	 * Bytes that it sends.
	 */
	ByteSource timed(ByteSource source) {
		if (this.waitNanos == Long.MAX_VALUE) {
			return source;
		}
		return (into) -> {
			long start = System.nanoTime();
			int count = source.read(into);
			tookItsTime(start);
			return count;
		};
	}

	/**
	 * Bytes that it takes.
	 */
	ByteSink timed(ByteSink sink) {
		if (this.waitNanos == Long.MAX_VALUE) {
			return sink;
		}
		return (bytes) -> {
			long start = System.nanoTime();
			sink.accept(bytes);
			tookItsTime(start);
		};
	}

	private void tookItsTime(long start) {
		if (this.begun) {
			this.deadline += System.nanoTime() - start;
		}
	}

}
