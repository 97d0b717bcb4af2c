package dev.busbar.ingress.access.chain;

import java.io.IOException;

import dev.busbar.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Answers requests that are refused by their headers.
 */
final class Refusals {

	private Refusals() {
	}

	static void write(Problem refused, HttpServletRequest request, HttpServletResponse response) throws IOException {
		// Without this, Tomcat would read up to 2 MiB of a body that nobody wants.
		if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
			response.setHeader("Connection", "close");
		}
		refused.write(response);
	}

}
