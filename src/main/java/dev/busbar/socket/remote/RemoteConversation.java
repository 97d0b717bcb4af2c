package dev.busbar.socket.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.EventFormatException;
import dev.busbar.handler.batch.RemoteHandling;
import dev.busbar.handler.remote.LeaseLostException;
import dev.busbar.handler.remote.RemoteFailureException;
import dev.busbar.handler.remote.RemoteProperties.RemoteHandler;
import dev.busbar.handler.remote.RemoteResult;
import dev.busbar.ingress.access.Caller;
import dev.busbar.ingress.access.Scope;
import dev.busbar.problem.Problem;
import dev.busbar.problem.ProblemType;
import dev.busbar.socket.connection.Conversation;
import dev.busbar.socket.connection.SocketConnection;
import dev.busbar.socket.protocol.ClientMessage;
import dev.busbar.socket.protocol.ServerMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The remote handlers of one connection.
 */
final class RemoteConversation implements Conversation {

	private static final int MAX_CAPACITY = 1000;

	private static final int MAX_REASON = 1000;

	private static final Logger logger = LoggerFactory.getLogger(RemoteConversation.class);

	private final SocketConnection connection;

	private final RemoteHandling handling;

	private final Dispatcher dispatcher;

	private final CloudEvents codec;

	private final Map<String, Registration> registrations = new ConcurrentHashMap<>();

	RemoteConversation(SocketConnection connection, RemoteHandling handling, Dispatcher dispatcher, CloudEvents codec) {
		this.connection = connection;
		this.handling = handling;
		this.dispatcher = dispatcher;
		this.codec = codec;
	}

	@Override
	public void receive(ClientMessage message) {
		switch (message.action()) {
			case "handle" -> handle(message);
			case "unhandle" -> unhandle(message);
			default -> answer(message);
		}
		if (!this.connection.open()) {
			// Closed meanwhile, by another thread.
			closed();
		}
	}

	private void handle(ClientMessage message) {
		message.allow("handler", "capacity");
		String name = message.text("handler");
		int capacity = message.number("capacity", 1, MAX_CAPACITY);
		RemoteHandler settings = this.handling.handlers().get(name);
		if (settings == null) {
			throw Problem
				.of(ProblemType.UNKNOWN_HANDLER,
						"There is no remote handler " + Problem.quote(name)
								+ ". Use one of 'known', or declare it as busbar.remote.<name>.type.")
				.with("known", new TreeSet<>(this.handling.handlers().keySet()))
				.asException();
		}
		requireAllowed(name, settings);
		Registration registration = this.registrations.computeIfAbsent(name,
				(handler) -> new Registration(handler, this.connection, this.codec, 0));
		registration.takes(capacity);
		this.connection.send(ServerMessage.of("handling", message.ref())
			.with("handler", name)
			.with("capacity", capacity)
			.with("leaseSeconds", settings.lease().toSeconds())
			.toString());
		this.dispatcher.add(registration);
	}

	private void requireAllowed(String name, RemoteHandler settings) {
		this.connection.require(Scope.READ);
		this.connection.require(Scope.PUBLISH);
		Caller caller = this.connection.caller();
		boolean named = settings.callers().isEmpty() || settings.callers().contains(caller.name());
		boolean allowed = caller.sources().isEmpty() && caller.allowsType(settings.handles())
				&& settings.results().stream().allMatch(caller::allowsType);
		if (!named || !allowed) {
			throw Problem
				.of(ProblemType.HANDLER_NOT_ALLOWED, "The caller may not be the remote handler " + Problem.quote(name)
						+ ". It needs no limit to sources, the handler's type and all its results among its types, and "
						+ "its name among busbar.remote.<name>.callers, if there are any.")
				.asException();
		}
	}

	private void unhandle(ClientMessage message) {
		message.allow("handler");
		String name = message.text("handler");
		Registration registration = this.registrations.get(name);
		if (registration == null) {
			throw ClientMessage.malformed("This connection is not the handler " + Problem.quote(name) + ".");
		}
		registration.takes(0);
		this.connection.send(ServerMessage.of("unhandled", message.ref()).with("handler", name).toString());
	}

	private void answer(ClientMessage message) {
		UUID lease = lease(message.text("lease"));
		Registration registration = this.registrations.values()
			.stream()
			.filter((each) -> each.holds(lease))
			.findFirst()
			.orElseThrow(RemoteConversation::lost);
		String handler = registration.handler();
		ServerMessage done = ServerMessage
			.of(message.action().equals("release") ? "released" : message.action(), message.ref())
			.with("lease", lease.toString());
		try {
			switch (message.action()) {
				case "handled" -> {
					message.allow("lease", "results");
					List<RemoteResult> results = message.objects("results").stream().map(this::result).toList();
					this.handling.handled(handler, lease, results, registration.micros(lease));
				}
				case "failed" -> {
					message.allow("lease", "reason", "retry");
					Duration pause = this.handling.failed(handler, lease, failure(message));
					done.with("next", (pause != null) ? "retry" : "dead-letter");
				}
				case "release" -> {
					message.allow("lease");
					this.handling.release(handler, lease);
				}
				default -> {
					message.allow("lease");
					Instant expires = this.handling.extend(handler, lease);
					registration.extended(lease, expires);
					this.connection.send(ServerMessage.of("extended", message.ref())
						.with("lease", lease.toString())
						.with("expires", expires.toString())
						.toString());
					return;
				}
			}
			registration.done(lease);
		}
		catch (LeaseLostException ex) {
			registration.done(lease);
			this.dispatcher.wake();
			throw lost();
		}
		catch (EventFormatException ex) {
			throw Problem
				.of(ProblemType.DATA_MISMATCH,
						ex.getMessage() + " Nothing was changed, and the lease holds on: answer again.")
				.asException();
		}
		this.connection.send(done.toString());
		this.dispatcher.wake();
	}

	private RemoteResult result(byte[] json) {
		ClientMessage result = ClientMessage.members(json);
		result.allow("type", "data", "key", "subject");
		return new RemoteResult(result.text("type"), result.object("data"), result.optionalText("key"),
				result.optionalText("subject"));
	}

	private static RemoteFailureException failure(ClientMessage message) {
		String reason = message.text("reason");
		String cut = (reason.length() > MAX_REASON) ? reason.substring(0, MAX_REASON) : reason;
		return message.flag("retry", true) ? new RemoteFailureException(cut) : new RemoteFailureException.Final(cut);
	}

	private static UUID lease(String text) {
		try {
			return UUID.fromString(text);
		}
		catch (IllegalArgumentException ex) {
			throw ClientMessage.malformed("The member 'lease' is none that a message 'work' had.");
		}
	}

	private static RuntimeException lost() {
		return Problem.of(ProblemType.LEASE_LOST,
				"This connection does not hold the lease any more, or never did: its time was over, or it was "
						+ "answered before. Nothing was changed; the event may be with another client. Drop the work.")
			.asException();
	}

	@Override
	public void drained() {
		if (!this.registrations.isEmpty()) {
			this.registrations.values().forEach(Registration::drained);
			this.dispatcher.wake();
		}
	}

	/** What was not answered goes to another instance, and this is no attempt. */
	@Override
	public void leave() {
		for (Registration registration : this.registrations.values()) {
			registration.takes(0);
			this.dispatcher.remove(registration);
			for (UUID lease : registration.takeAll()) {
				try {
					this.handling.release(registration.handler(), lease);
				}
				catch (RuntimeException ex) {
					logger.debug("A lease was not given back, and ends by itself", ex);
				}
			}
		}
	}

	@Override
	public void closed() {
		for (Registration registration : this.registrations.values()) {
			registration.takes(0);
			this.dispatcher.remove(registration);
			this.dispatcher.giveBack(registration);
		}
	}

}
