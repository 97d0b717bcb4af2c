package dev.busbar.operations;

import java.io.IOException;

import dev.busbar.problem.ProblemException;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers what these endpoints refuse. All other exceptions end in the error page.
 */
@RestControllerAdvice(assignableTypes = { DeadLettersEndpoint.class, ReplaysEndpoint.class })
class OperationsProblems {

	@ExceptionHandler
	void refused(ProblemException ex, HttpServletResponse response) throws IOException {
		ex.problem().write(response);
	}

}
