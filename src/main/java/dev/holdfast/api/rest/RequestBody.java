package dev.holdfast.api.rest;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

import dev.holdfast.block.ByteSource;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.ServletInputStream;

/**
 * The bytes of a request. A connection that ends before its body does is no failure of
 * ours: what came before is a prefix. Where the length was announced, that is for the
 * writer to see; where it was not, only this can tell the end from a cut.
 */
final class RequestBody implements ByteSource {

	private final ServletInputStream in;

	private final boolean announced;

	private final Pace pace;

	RequestBody(ServletInputStream in, boolean announced, Pace pace) {
		this.in = in;
		this.announced = announced;
		this.pace = pace;
	}

	@Override
	public int read(ByteBuffer into) throws IOException {
		try {
			// Tomcat moves position and limit of what it is given in a way of its own.
			int length = this.pace.read(() -> this.in.read(into.slice()));
			if (length > 0) {
				into.position(into.position() + length);
			}
			return length;
		}
		catch (IOException ex) {
			if (!isEnd(ex)) {
				throw ex;
			}
			if (this.announced) {
				return -1;
			}
			throw new ProblemException(Problem.LENGTH_MISMATCH, "The body was cut short");
		}
	}

	private static boolean isEnd(IOException ex) {
		return ex instanceof EOFException || ex.getCause() instanceof EOFException;
	}

}
