package dev.busbar.handler.scan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.busbar.event.Event;
import dev.busbar.event.EventType;
import dev.busbar.handler.InvalidHandlerException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.core.ResolvableType;
import org.springframework.messaging.Message;

/**
 * Reads a function bean's generic signature. A signature that names no event type is not
 * ours; one that names event types in a way that cannot be handled is refused.
 */
final class SignatureReader {

	/**
	 * Reads a signature.
	 * @param bean the name of the bean
	 * @param kind the functional interface
	 * @param type the bean's type
	 * @return the function, or null if it is not ours
	 */
	@Nullable FunctionBean read(String bean, FunctionKind kind, ResolvableType type) {
		ResolvableType[] sides = type.as(kind.type()).getGenerics();
		if (sides.length == 0) {
			return null;
		}
		boolean ours = false;
		for (ResolvableType side : sides) {
			ours |= mentionsEvents(side, 0);
		}
		if (!ours) {
			return null;
		}
		return switch (kind) {
			case FUNCTION -> new FunctionBean(bean, kind, input(bean, sides[0]), output(bean, sides[1]));
			case CONSUMER -> new FunctionBean(bean, kind, input(bean, sides[0]), EventSide.NONE);
			case SUPPLIER -> new FunctionBean(bean, kind, EventSide.NONE, output(bean, sides[0]));
		};
	}

	private boolean mentionsEvents(ResolvableType type, int depth) {
		Class<?> raw = type.resolve();
		if (raw == null || depth > 4) {
			return false;
		}
		if (raw == Event.class || raw.isAnnotationPresent(EventType.class) || !sealedEvents(raw).isEmpty()) {
			return true;
		}
		for (ResolvableType generic : type.getGenerics()) {
			if (mentionsEvents(generic, depth + 1)) {
				return true;
			}
		}
		return raw.isArray() && mentionsEvents(type.getComponentType(), depth + 1);
	}

	private EventSide input(String bean, ResolvableType type) {
		refuseReactive(bean, type);
		boolean many = isList(type);
		if (many && !type.toClass().isAssignableFrom(List.class)) {
			throw new InvalidHandlerException(
					"The bean '%s' takes %s, and a batch comes as a List.".formatted(bean, type),
					"Take a List, a Collection or an Iterable of events.");
		}
		ResolvableType element = many ? elementOf(type) : type;
		if (element.resolve() == Optional.class) {
			throw new InvalidHandlerException(
					"The bean '%s' takes %s, and an event is never absent.".formatted(bean, type),
					"Take the event's record itself, a List of it, or Event<...> for the envelope.");
		}
		return side(bean, "takes", type, element, many);
	}

	private EventSide output(String bean, ResolvableType type) {
		refuseReactive(bean, type);
		Class<?> raw = type.resolve();
		if (raw == Void.class) {
			return EventSide.NONE;
		}
		boolean many = isList(type);
		ResolvableType element = (many || raw == Optional.class) ? elementOf(type) : type;
		return side(bean, "returns", type, element, many);
	}

	private EventSide side(String bean, String verb, ResolvableType whole, ResolvableType element, boolean many) {
		boolean envelope = element.resolve() == Event.class;
		ResolvableType data = envelope ? elementOf(element) : element;
		Class<?> raw = data.resolve();
		if (raw == null || raw == Object.class) {
			throw new InvalidHandlerException(
					"The bean '%s' %s %s, which does not say which events these are.".formatted(bean, verb, whole),
					"Name a class that carries @EventType, or a sealed interface of such classes.");
		}
		if (Message.class.isAssignableFrom(raw)) {
			throw new InvalidHandlerException("The bean '%s' %s %s.".formatted(bean, verb, whole),
					"Use Event<...> in place of Message<...>: it has the id, the key and the other attributes.");
		}
		if (raw.isAnnotationPresent(EventType.class)) {
			return new EventSide(List.of(raw), many, envelope);
		}
		List<Class<?>> members = sealedEvents(raw);
		if (members.isEmpty()) {
			throw new InvalidHandlerException(
					"The bean '%s' %s %s, but %s is no declared event type.".formatted(bean, verb, whole,
							raw.getName()),
					"Annotate %s with @EventType(\"...\"), or use a class that has it; a sealed interface is an event type if each of its members is."
						.formatted(raw.getSimpleName()));
		}
		return new EventSide(List.copyOf(leaves(bean, raw, new LinkedHashSet<>())), many, envelope);
	}

	/** The classes below a sealed type that carry the annotation; empty if none does. */
	private static List<Class<?>> sealedEvents(Class<?> type) {
		List<Class<?>> found = new ArrayList<>();
		if (type.isSealed()) {
			for (Class<?> member : type.getPermittedSubclasses()) {
				if (member.isAnnotationPresent(EventType.class)) {
					found.add(member);
				}
				else {
					found.addAll(sealedEvents(member));
				}
			}
		}
		return found;
	}

	/** Each once, by whatever ways it is reached. */
	private Set<Class<?>> leaves(String bean, Class<?> sealed, Set<Class<?>> found) {
		for (Class<?> member : sealed.getPermittedSubclasses()) {
			if (member.isAnnotationPresent(EventType.class)) {
				found.add(member);
			}
			else if (member.isSealed()) {
				leaves(bean, member, found);
			}
			else {
				throw new InvalidHandlerException(
						"The bean '%s' uses the sealed type %s, whose member %s is no declared event type."
							.formatted(bean, sealed.getName(), member.getName()),
						"Annotate %s with @EventType(\"...\").".formatted(member.getSimpleName()));
			}
		}
		return found;
	}

	private void refuseReactive(String bean, ResolvableType type) {
		Class<?> raw = type.resolve();
		if (raw != null && Publisher.class.isAssignableFrom(raw)) {
			throw new InvalidHandlerException(
					"The bean '%s' uses %s: events in a reactive stream cannot be acknowledged one by one."
						.formatted(bean, type),
					"Take one event, or a List of events to get a batch; return one, a List or an Optional.");
		}
	}

	private static boolean isList(ResolvableType type) {
		Class<?> raw = type.resolve();
		return raw != null && (Collection.class.isAssignableFrom(raw) || raw == Iterable.class);
	}

	private static ResolvableType elementOf(ResolvableType container) {
		Class<?> raw = container.resolve();
		if (raw != null && Iterable.class.isAssignableFrom(raw)) {
			return container.as(Iterable.class).getGeneric(0);
		}
		return container.getGeneric(0);
	}

}
