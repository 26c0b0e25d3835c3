package dev.holdfast.api.rest;

import java.util.function.Function;

import dev.holdfast.contract.Precondition;
import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * The conditions of a request for a JSON resource (RFC 9110, 13). A method of a
 * controller that has a parameter of this type gets those of its request.
 *
 * @param ifMatch {@code null} if the request does not have it
 * @param ifNoneMatch {@code null} if the request does not have it
 */
record Conditions(@Nullable EntityTags ifMatch, @Nullable EntityTags ifNoneMatch) {

	static Conditions of(HttpServletRequest request) {
		return new Conditions(EntityTags.of(request, HttpHeaders.IF_MATCH),
				EntityTags.of(request, HttpHeaders.IF_NONE_MATCH));
	}

	/**
	 * Whether a {@code PUT} is to replace what is there: one without {@code If-Match}
	 * only makes what is not there yet.
	 */
	boolean replaces() {
		return this.ifMatch != null;
	}

	/**
	 * What the request demands of what it changes.
	 * @param tag of the thing as it is
	 */
	<T> Precondition<T> on(Function<T, EntityTag> tag) {
		if (this.ifMatch == null && this.ifNoneMatch == null) {
			return Precondition.none();
		}
		return (present) -> {
			EntityTag found = (present != null) ? tag.apply(present) : null;
			requireMatch(found);
			if (this.ifNoneMatch != null && this.ifNoneMatch.contain(found)) {
				throw new ProblemException(Problem.PRECONDITION_FAILED,
						"It is there, and If-None-Match says that it must not be");
			}
		};
	}

	/**
	 * The answer to {@code GET} and {@code HEAD}: the resource, or that the client has it
	 * already.
	 */
	<B> ResponseEntity<B> answer(EntityTag tag, B body) {
		requireMatch(tag);
		if (this.ifNoneMatch != null && this.ifNoneMatch.contain(tag)) {
			return ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(tag.toString()).build();
		}
		return ResponseEntity.ok().eTag(tag.toString()).body(body);
	}

	private void requireMatch(@Nullable EntityTag found) {
		if (this.ifMatch != null && !this.ifMatch.allow(found)) {
			throw new ProblemException(Problem.PRECONDITION_FAILED, (found != null)
					? "It has changed: read it again, and change what is there now" : "It is not there to be changed");
		}
	}

}
