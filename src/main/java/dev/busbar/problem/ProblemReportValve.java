package dev.busbar.problem;

import java.io.IOException;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's last word, for requests that never came to Spring MVC (a malformed target, for
 * example): a problem in place of Tomcat's page.
 */
class ProblemReportValve extends ErrorReportValve {

	@Override
	protected void report(Request request, Response response, @Nullable Throwable throwable) {
		int status = response.getStatus();
		if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
			return;
		}
		try {
			byte[] body = StatusProblem.of(status, String.valueOf(request.getMethod()), response.getHeader("Allow"))
				.toJson(status);
			response.setContentType(Problem.MEDIA_TYPE);
			response.setContentLength(body.length);
			response.getOutputStream().write(body);
			response.finishResponse();
		}
		catch (IOException | IllegalStateException ex) {
			// The client is gone, or an answer is on its way: there is nobody to tell.
			ExceptionUtils.handleThrowable(ex);
		}
	}

}
