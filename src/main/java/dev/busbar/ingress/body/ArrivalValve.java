package dev.busbar.ingress.body;

import java.io.IOException;
import java.nio.ByteBuffer;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request take what has come of its body, so that one that is there whole is read
 * at once. The servlet API tells what has come no sooner than the request is
 * asynchronous.
 */
public final class ArrivalValve extends ValveBase {

	/** Creates the valve. */
	public ArrivalValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if ("POST".equals(request.getMethod())) {
			request.setAttribute(Arrival.ATTRIBUTE, new Connection(request.getCoyoteRequest()));
		}
		getNext().invoke(request, response);
	}

	/**
	 * Reads from a connection what it has.
	 */
	private static final class Connection implements Arrival, ApplicationBufferHandler {

		private final org.apache.coyote.Request request;

		private ByteBuffer buffer = ByteBuffer.allocate(0);

		Connection(org.apache.coyote.Request request) {
			this.request = request;
		}

		@Override
		public @Nullable ByteBuffer next() throws IOException {
			// Looks at the socket, too, if nothing is left of what was read before.
			this.request.action(ActionCode.AVAILABLE, true);
			return (this.request.getAvailable() > 0 && this.request.doRead(this) > 0) ? this.buffer : null;
		}

		@Override
		public void setByteBuffer(ByteBuffer buffer) {
			this.buffer = buffer;
		}

		@Override
		public ByteBuffer getByteBuffer() {
			return this.buffer;
		}

		@Override
		public void expand(int size) {
			// The server brings a buffer of its own.
		}

	}

}
