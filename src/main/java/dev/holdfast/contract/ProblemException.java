package dev.holdfast.contract;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that cannot be served, with the name of the problem and a sentence that tells
 * the client what to do. The sentence never holds a path of the server, a token, or
 * another tenant's name.
 */
public final class ProblemException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Problem problem;

	private final transient Map<String, Object> properties = new LinkedHashMap<>();

	public ProblemException(Problem problem, String detail) {
		super(detail);
		this.problem = problem;
	}

	public ProblemException(Problem problem, String detail, Throwable cause) {
		super(detail, cause);
		this.problem = problem;
	}

	/**
	 * Adds a member to the answer.
	 * @param name such as {@code limit}, {@code errno}, {@code found}
	 * @param value a string, number or list
	 * @return this
	 */
	public ProblemException with(String name, Object value) {
		this.properties.put(name, value);
		return this;
	}

	public Problem problem() {
		return this.problem;
	}

	public Map<String, Object> properties() {
		return this.properties;
	}

	/**
	 * The sentence for the client.
	 * @return never {@code null}
	 */
	public String detail() {
		return String.valueOf(getMessage());
	}

}
