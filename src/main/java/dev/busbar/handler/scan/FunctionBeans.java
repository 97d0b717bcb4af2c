package dev.busbar.handler.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.busbar.handler.InvalidHandlerException;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * The function beans of a bean factory, found by their definitions: no bean is created.
 *
 * @param ours those whose signatures name event types, by bean name
 * @param plain the names of all others that the application itself declared
 */
record FunctionBeans(List<FunctionBean> ours, List<String> plain) {

	static FunctionBeans find(ConfigurableListableBeanFactory beans) {
		SignatureReader reader = new SignatureReader();
		Map<String, FunctionBean> ours = new LinkedHashMap<>();
		List<String> plain = new ArrayList<>();
		for (FunctionKind kind : FunctionKind.values()) {
			String[] names = beans.getBeanNamesForType(kind.type(), true, false);
			Arrays.sort(names);
			for (String name : names) {
				if (ScopedProxyUtils.isScopedTarget(name)) {
					continue;
				}
				FunctionBean function = reader.read(name, kind, typeOf(beans, name));
				if (function == null) {
					addPlain(beans, name, plain);
				}
				else if (ours.put(name, function) != null) {
					throw new InvalidHandlerException(
							"The bean '%s' is of several functional interfaces.".formatted(name),
							"Make a bean of its own for each Function, Consumer and Supplier.");
				}
			}
		}
		plain.removeAll(ours.keySet());
		return new FunctionBeans(List.copyOf(ours.values()), List.copyOf(plain));
	}

	private static void addPlain(ConfigurableListableBeanFactory beans, String name, List<String> plain) {
		if (!beans.containsBeanDefinition(name)) {
			return;
		}
		BeanDefinition definition = beans.getBeanDefinition(name);
		boolean frameworks = definition.getRole() != BeanDefinition.ROLE_APPLICATION
				|| String.valueOf(definition.getFactoryBeanName()).startsWith("org.springframework.");
		if (!frameworks && !plain.contains(name)) {
			plain.add(name);
		}
	}

	/**
	 * The type with its generics: what a bean method declares, or else the bean's class.
	 */
	private static ResolvableType typeOf(ConfigurableListableBeanFactory beans, String name) {
		Class<?> predicted = beans.getType(name, false);
		if (beans.containsBeanDefinition(name)) {
			ResolvableType declared = beans.getMergedBeanDefinition(name).getResolvableType();
			if (declared.hasGenerics() || (predicted != null && predicted.isAssignableFrom(declared.toClass()))) {
				return declared;
			}
		}
		return ResolvableType.forClass(predicted);
	}

}
