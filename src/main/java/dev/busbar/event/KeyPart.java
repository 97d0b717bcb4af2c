package dev.busbar.event;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The part of a data class that {@link EventKey} marks, found once, inherited ones too.
 */
final class KeyPart {

	private static final MethodType GETTER = MethodType.methodType(Object.class, Object.class);

	private final Class<?> owner;

	private final MethodHandle getter;

	private KeyPart(Class<?> owner, MethodHandle getter) {
		this.owner = owner;
		this.getter = getter;
	}

	/**
	 * Finds the part.
	 * @param dataClass a data class
	 * @return the part, or null if there is none
	 * @throws IllegalArgumentException if there are several, or one cannot be read
	 */
	static @Nullable KeyPart of(Class<?> dataClass) {
		Map<String, Member> parts = new LinkedHashMap<>();
		for (Class<?> type : hierarchy(dataClass)) {
			for (Method method : type.getDeclaredMethods()) {
				if (method.isAnnotationPresent(EventKey.class) && !method.isSynthetic()) {
					parts.putIfAbsent(method.getName() + "()", method);
				}
			}
			for (Field field : type.getDeclaredFields()) {
				// A record's component marks its field and its accessor: one part.
				if (field.isAnnotationPresent(EventKey.class) && !type.isRecord()) {
					parts.put(type.getName() + "." + field.getName(), field);
				}
			}
		}
		if (parts.size() > 1) {
			throw new IllegalArgumentException(
					dataClass.getName() + " has several parts with @EventKey: " + String.join(", ", parts.keySet())
							+ "; a type has one key: mark one part, or a method that" + " combines them");
		}
		return parts.isEmpty() ? null : new KeyPart(dataClass, getter(dataClass, parts.values().iterator().next()));
	}

	/** The class, its superclasses and all their interfaces; the nearest first. */
	private static Set<Class<?>> hierarchy(Class<?> dataClass) {
		Set<Class<?>> types = new LinkedHashSet<>();
		for (Class<?> type = dataClass; type != null && type != Object.class; type = type.getSuperclass()) {
			types.add(type);
		}
		for (Class<?> type : Set.copyOf(types)) {
			addInterfaces(type, types);
		}
		return types;
	}

	private static void addInterfaces(Class<?> type, Set<Class<?>> types) {
		for (Class<?> parent : type.getInterfaces()) {
			if (types.add(parent)) {
				addInterfaces(parent, types);
			}
		}
	}

	private static MethodHandle getter(Class<?> dataClass, Member part) {
		if (Modifier.isStatic(part.getModifiers())) {
			throw refused(dataClass, part, "is static");
		}
		if (part instanceof Method method && (method.getParameterCount() > 0 || method.getReturnType() == void.class)) {
			throw refused(dataClass, part, "takes parameters or returns nothing");
		}
		try {
			((AccessibleObject) part).setAccessible(true);
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			MethodHandle handle = (part instanceof Method method) ? lookup.unreflect(method)
					: lookup.unreflectGetter((Field) part);
			return handle.asType(GETTER);
		}
		catch (RuntimeException | IllegalAccessException ex) {
			throw refused(dataClass, part, "cannot be accessed");
		}
	}

	private static IllegalArgumentException refused(Class<?> dataClass, Member part, String found) {
		return new IllegalArgumentException("the part '" + part.getName() + "' of " + dataClass.getName()
				+ " has @EventKey and " + found + "; mark a record component, a field or a method without parameters");
	}

	/** The key of an object, null if it has none. */
	@Nullable String of(Object data) {
		Object value;
		try {
			value = this.getter.invokeExact(data);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException("the part of " + this.owner.getName() + " with @EventKey failed", ex);
		}
		String key = (value != null) ? value.toString() : null;
		return (key != null && !key.isEmpty()) ? key : null;
	}

}
