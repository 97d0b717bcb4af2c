package dev.busbar.egress.http;

import java.net.URI;
import java.util.List;
import java.util.Map;

import dev.busbar.egress.endpoint.Endpoint;
import dev.busbar.egress.subscription.Definition;
import dev.busbar.egress.subscription.KnownSubscription;
import dev.busbar.egress.subscription.Subscriptions;
import dev.busbar.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Subscriptions over HTTP: {@code /subscriptions}.
 */
@RestController
class SubscriptionsEndpoint {

	private final Subscriptions subscriptions;

	private final SubscriptionActions actions;

	SubscriptionsEndpoint(Subscriptions subscriptions, SubscriptionActions actions) {
		this.subscriptions = subscriptions;
		this.actions = actions;
	}

	@GetMapping("/subscriptions")
	ResponseEntity<Map<String, List<SubscriptionView>>> list() {
		this.subscriptions.changed();
		Map<String, Endpoint> endpoints = this.subscriptions.endpoints();
		return answer(Map.of("subscriptions",
				this.subscriptions.all()
					.values()
					.stream()
					.map((known) -> SubscriptionView.of(known, endpoints.get(known.subscription().name()), null))
					.sorted((a, b) -> a.name().compareTo(b.name()))
					.toList()));
	}

	@PostMapping("/subscriptions")
	ResponseEntity<SubscriptionView> create(HttpServletRequest request) {
		ObjectNode body = EgressRequests.object(request);
		JsonNode name = body.remove("name");
		JsonNode enabled = body.remove("enabled");
		if (name == null || !name.isString() || (enabled != null && !enabled.isBoolean())) {
			throw EgressRequests.malformed("'name' must be a text, and 'enabled', if it is there, true or false.");
		}
		Definition definition = EgressRequests.as(body, Definition.class);
		String secret = this.actions.create(name.stringValue(), definition, enabled == null || enabled.booleanValue());
		return ResponseEntity.created(URI.create(base(request) + "/subscriptions/" + name.stringValue()))
			.contentType(MediaType.APPLICATION_JSON)
			.header("Cache-Control", "no-store")
			.body(view(name.stringValue(), secret));
	}

	@GetMapping("/subscriptions/{name}")
	ResponseEntity<SubscriptionView> one(@PathVariable String name) {
		return answer(view(name, null));
	}

	@PatchMapping("/subscriptions/{name}")
	ResponseEntity<SubscriptionView> change(@PathVariable String name, HttpServletRequest request) {
		ObjectNode patch = EgressRequests.object(request);
		if (patch.has("name") || patch.has("enabled")) {
			throw EgressRequests.malformed("'name' cannot be changed; 'enabled' is changed by POST /subscriptions/"
					+ Problem.quote(name) + "/enable and /disable.");
		}
		this.actions.change(name, patch);
		return answer(view(name, null));
	}

	@DeleteMapping("/subscriptions/{name}")
	ResponseEntity<Void> remove(@PathVariable String name) {
		this.actions.remove(name);
		return ResponseEntity.noContent().build();
	}

	@PostMapping("/subscriptions/{name}/rotate-secret")
	ResponseEntity<SubscriptionView> rotate(@PathVariable String name) {
		String secret = this.actions.rotate(name);
		return answer(view(name, secret));
	}

	@PostMapping("/subscriptions/{name}/enable")
	ResponseEntity<SubscriptionView> enable(@PathVariable String name) {
		this.actions.enable(name, true);
		return answer(view(name, null));
	}

	@PostMapping("/subscriptions/{name}/disable")
	ResponseEntity<SubscriptionView> disable(@PathVariable String name) {
		this.actions.enable(name, false);
		return answer(view(name, null));
	}

	@PostMapping("/subscriptions/{name}/test")
	ResponseEntity<Map<String, Object>> test(@PathVariable String name, HttpServletRequest request) {
		long delivery = this.actions.test(name);
		return ResponseEntity.accepted()
			.location(URI.create(base(request) + "/deliveries/" + delivery))
			.contentType(MediaType.APPLICATION_JSON)
			.header("Cache-Control", "no-store")
			.body(Map.of("delivery", delivery));
	}

	private SubscriptionView view(String name, @Nullable String secret) {
		KnownSubscription known = this.actions.known(name);
		this.subscriptions.changed();
		return SubscriptionView.of(known, this.subscriptions.endpoints().get(name), secret);
	}

	// Where Spring MVC has a path of its own, the rest of the path is the path info.
	static String base(HttpServletRequest request) {
		return request.getContextPath() + ((request.getPathInfo() != null) ? request.getServletPath() : "");
	}

	static <T> ResponseEntity<T> answer(T body) {
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.header("Cache-Control", "no-store")
			.body(body);
	}

}
