package dev.busbar.egress.sse;

import java.io.IOException;
import java.util.Map;

import dev.busbar.egress.feed.Feed;
import dev.busbar.egress.feed.FeedFilter;
import dev.busbar.egress.feed.FeedProperties;
import dev.busbar.egress.live.FeedAccess;
import dev.busbar.egress.live.FeedRequest;
import dev.busbar.egress.live.LiveFeed;
import dev.busbar.egress.live.LiveReader;
import dev.busbar.egress.live.LiveRefusalException;
import dev.busbar.egress.live.TokenTime;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemException;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.dao.DataAccessException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Follows the feed as server-sent events. No thread waits for a reader: the streams are
 * written without blocking.
 */
@RestController
class FeedEndpoint {

	private static final String MEDIA_TYPE = "text/event-stream;charset=UTF-8";

	private static final String RETRY_SECONDS = "5";

	private final Feed feed;

	private final LiveFeed live;

	private final FeedAccess access;

	private final FeedProperties properties;

	FeedEndpoint(Feed feed, LiveFeed live, FeedAccess access, FeedProperties properties) {
		this.feed = feed;
		this.live = live;
		this.access = access;
		this.properties = properties;
	}

	@GetMapping("/feed")
	void follow(HttpServletRequest request, HttpServletResponse response) throws IOException {
		FeedRequest wanted = FeedRequest.of(parameters(request), request.getHeader("Last-Event-ID"));
		FeedFilter filter = wanted.filter(this.access.readable(request));
		long start = wanted.start(this.feed);
		response.setContentType(MEDIA_TYPE);
		response.setHeader("Cache-Control", "no-store");
		// Some proxies would collect events until they have a buffer full.
		response.setHeader("X-Accel-Buffering", "no");
		if ("HEAD".equals(request.getMethod())) {
			return;
		}
		SseStream stream = new SseStream(request, response, this.properties.reconnect());
		LiveReader reader = this.live.open(start, filter, stream, TokenTime.end(request));
		try {
			stream.open(reader);
		}
		catch (RuntimeException ex) {
			reader.close();
			throw ex;
		}
	}

	private static Map<String, String[]> parameters(HttpServletRequest request) {
		try {
			return request.getParameterMap();
		}
		catch (IllegalStateException ex) {
			// Tomcat's, without this with a stack in the log.
			throw Problem.of(ProblemType.MALFORMED, "The parameters are too many, or not well formed.").asException();
		}
	}

	@ExceptionHandler
	void refused(ProblemException ex, HttpServletResponse response) throws IOException {
		ex.problem().write(response);
	}

	@ExceptionHandler
	void refused(LiveRefusalException ex, HttpServletResponse response) throws IOException {
		response.reset();
		Problem
			.of(ex.stopping() ? ProblemType.STOPPING : ProblemType.TOO_MANY_READERS,
					ex.getMessage() + " Try again in a few seconds, possibly on another instance.")
			.withHeader("Retry-After", RETRY_SECONDS)
			.write(response);
	}

	@ExceptionHandler
	void away(DataAccessException ex, HttpServletResponse response) throws IOException {
		response.reset();
		Problem
			.of(ProblemType.DATABASE_UNAVAILABLE,
					"The database, which keeps the feed, cannot be asked now. Try again in a few seconds.")
			.withHeader("Retry-After", RETRY_SECONDS)
			.write(response);
	}

}
