package dev.busbar.handler.scan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.busbar.event.EventType;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.Environment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * Finds the event types that stand in the application's packages: an event that only code
 * publishes shows in no signature. Busbar's own packages are not the application's.
 */
final class EventClasses extends ClassPathScanningCandidateComponentProvider {

	private static final String OURS = "dev.busbar";

	private EventClasses(Environment environment, ConfigurableListableBeanFactory beans) {
		super(false, environment);
		setResourceLoader(new DefaultResourceLoader(beans.getBeanClassLoader()));
		addIncludeFilter(new AnnotationTypeFilter(EventType.class, false));
	}

	/**
	 * Scans packages.
	 * @param beans knows the packages of the application, and loads classes
	 * @param environment for the scan's conditions
	 * @param packages the packages to scan, null for those of the application
	 * @return the classes with {@link EventType}
	 */
	static List<Class<?>> find(ConfigurableListableBeanFactory beans, Environment environment,
			@Nullable List<String> packages) {
		EventClasses scanner = new EventClasses(environment, beans);
		Set<String> names = new LinkedHashSet<>();
		for (String each : (packages != null) ? packages : applications(beans)) {
			for (BeanDefinition found : scanner.findCandidateComponents(each)) {
				names.add(String.valueOf(found.getBeanClassName()));
			}
		}
		List<Class<?>> classes = new ArrayList<>();
		names.stream()
			.sorted()
			.forEach((name) -> classes.add(ClassUtils.resolveClassName(name, beans.getBeanClassLoader())));
		return classes;
	}

	private static List<String> applications(ConfigurableListableBeanFactory beans) {
		if (!AutoConfigurationPackages.has(beans)) {
			return List.of();
		}
		return AutoConfigurationPackages.get(beans)
			.stream()
			.filter((name) -> !name.equals(OURS) && !name.startsWith(OURS + "."))
			.toList();
	}

	/** Records inside other classes too; a sealed interface is told by its records. */
	@Override
	protected boolean isCandidateComponent(AnnotatedBeanDefinition found) {
		return found.getMetadata().isConcrete();
	}

}
