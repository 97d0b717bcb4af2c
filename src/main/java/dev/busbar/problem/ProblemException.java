package dev.busbar.problem;

/**
 * Ends the handling of a request with a problem as the answer.
 */
public class ProblemException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient Problem problem;

	ProblemException(Problem problem) {
		// Without a stack trace: it is an answer, and anyone may cause any number of
		// them.
		super(problem.detail(), null, false, false);
		this.problem = problem;
	}

	/** The answer. */
	public Problem problem() {
		return this.problem;
	}

}
