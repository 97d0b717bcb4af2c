package dev.busbar.ingress;

import java.io.IOException;

import dev.busbar.event.EventFormatException;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers what these endpoints refuse. All other exceptions end in the error page.
 */
@RestControllerAdvice(assignableTypes = { EventsEndpoint.class, TrailEndpoint.class })
class IngressProblems {

	@ExceptionHandler
	void refused(ProblemException ex, HttpServletResponse response) throws IOException {
		ex.problem().write(response);
	}

	@ExceptionHandler
	void malformed(EventFormatException ex, HttpServletResponse response) throws IOException {
		Problem.of(ProblemType.MALFORMED, String.valueOf(ex.getMessage())).write(response);
	}

}
