package dev.busbar.egress.http;

import java.io.IOException;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Says that no webhooks are sent, and how to have them sent.
 */
@RestController
class EgressOffEndpoint {

	@RequestMapping({ "/subscriptions", "/subscriptions/**", "/deliveries", "/deliveries/**" })
	void off(HttpServletResponse response) throws IOException {
		Problem.of(ProblemType.FEED_OFF,
				"This application sends no webhooks: it keeps no feed. Set busbar.feed.enabled=true, and start it again.")
			.write(response);
	}

}
