package dev.busbar.ingress;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;

import dev.busbar.event.CloudEvents;
import dev.busbar.event.Event;
import dev.busbar.event.http.HttpEvents;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The binary content mode of CloudEvents over HTTP: attributes in {@code ce-} headers,
 * percent-encoded, the data as the body.
 */
final class BinaryFormat {

	private BinaryFormat() {
	}

	static boolean isPresent(HttpServletRequest request) {
		Enumeration<String> names = request.getHeaderNames();
		while (names.hasMoreElements()) {
			if (isAttribute(names.nextElement())) {
				return true;
			}
		}
		return false;
	}

	static Event<byte @Nullable []> read(HttpServletRequest request, byte[] body) {
		List<Map.Entry<String, List<String>>> attributes = new ArrayList<>();
		Enumeration<String> names = request.getHeaderNames();
		while (names.hasMoreElements()) {
			String name = names.nextElement();
			if (isAttribute(name)) {
				attributes.add(Map.entry(name, Collections.list(request.getHeaders(name))));
			}
		}
		return CloudEvents.fromAttributes(HttpEvents.attributes(attributes), request.getContentType(), body);
	}

	private static boolean isAttribute(String header) {
		return header.regionMatches(true, 0, HttpEvents.PREFIX, 0, HttpEvents.PREFIX.length());
	}

}
