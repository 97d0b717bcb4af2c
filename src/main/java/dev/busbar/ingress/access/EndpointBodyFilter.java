package dev.busbar.ingress.access;

import java.io.ByteArrayInputStream;
import java.io.IOException;

import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Bounds the bodies that the actuator's operations take. Spring Boot reads them whole,
 * however large, chunked ones included.
 */
class EndpointBodyFilter extends HttpFilter {

	/** An operation has a few short arguments. */
	static final int MAX_BODY = 64 * 1024;

	private static final long serialVersionUID = 1L;

	private static final Problem TOO_LARGE = Problem
		.of(ProblemType.TOO_LARGE,
				"The body is larger than the " + MAX_BODY + " bytes that an operation of the actuator takes.")
		.with("maxBytes", MAX_BODY)
		.withHeader("Connection", "close");

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		long announced = request.getContentLengthLong();
		if (announced > MAX_BODY) {
			TOO_LARGE.write(response);
			return;
		}
		if (announced <= 0 && request.getHeader("Transfer-Encoding") == null) {
			chain.doFilter(request, response);
			return;
		}
		byte[] body = request.getInputStream().readNBytes(MAX_BODY + 1);
		if (body.length > MAX_BODY) {
			TOO_LARGE.write(response);
			return;
		}
		chain.doFilter(new HttpServletRequestWrapper(request) {

			@Override
			public ServletInputStream getInputStream() {
				return new Body(body);
			}

		}, response);
	}

	/** A body that was read before. */
	private static final class Body extends ServletInputStream {

		private final ByteArrayInputStream bytes;

		Body(byte[] bytes) {
			this.bytes = new ByteArrayInputStream(bytes);
		}

		@Override
		public int read() {
			return this.bytes.read();
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			return this.bytes.read(target, offset, length);
		}

		@Override
		public boolean isFinished() {
			return this.bytes.available() == 0;
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new IllegalStateException("the body is there already");
		}

	}

}
