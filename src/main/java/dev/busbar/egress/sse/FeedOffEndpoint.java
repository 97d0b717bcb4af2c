package dev.busbar.egress.sse;

import java.io.IOException;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Says that there is no feed, and how to have one.
 */
@RestController
class FeedOffEndpoint {

	@GetMapping("/feed")
	void follow(HttpServletResponse response) throws IOException {
		Problem.of(ProblemType.FEED_OFF,
				"This application keeps no feed. Set busbar.feed.enabled=true and start it again; the feed begins with the events that are published from then on.")
			.write(response);
	}

}
