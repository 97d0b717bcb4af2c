package dev.busbar.problem;

import java.io.IOException;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * Answers what ended in {@code sendError} or in an exception, anywhere in the
 * application, with a problem that tells nothing about the exception.
 */
@Controller
class ProblemErrorController implements ErrorController {

	@RequestMapping("${spring.web.error.path:${error.path:/error}}")
	void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
		Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
		if (request.getDispatcherType() != DispatcherType.ERROR || !(status instanceof Integer code)) {
			StatusProblem.of(404, request.getMethod(), null).write(response);
			return;
		}
		StatusProblem.of(code, request.getMethod(), response.getHeader("Allow")).write(response, code);
	}

}
