package dev.busbar.bus.binding;

import javax.sql.DataSource;

import dev.busbar.bus.BrokerWatch;
import dev.busbar.bus.EventSender;
import dev.busbar.bus.EventStreams;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.stream.binding.BindingService;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The outputs of the streams, the sender for binders without one of their own, and
 * bindings that wait for the broker.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
class BindingConfiguration {

	@Bean
	StreamOutputs streamOutputs(EventStreams streams, BeanFactory beans) {
		return new StreamOutputs(streams, beans);
	}

	@Bean
	@ConditionalOnMissingBean(EventSender.class)
	ChannelEventSender channelEventSender(StreamOutputs outputs, Environment environment,
			ObjectProvider<PlatformTransactionManager> transactions, ObjectProvider<DataSource> dataSource) {
		String binder = environment.getProperty("spring.cloud.stream.default-binder", "");
		if (!binder.equals("jdbc")) {
			return new ChannelEventSender(outputs, null, null);
		}
		return new ChannelEventSender(outputs, inNewTransaction(transactions.getObject()), dataSource.getObject());
	}

	@Bean
	DeferredBindings deferredBindings(BrokerWatch watch, BindingService service, ApplicationContext context) {
		return new DeferredBindings(watch, service, context);
	}

	@Bean
	static BeanDefinitionRegistryPostProcessor bindingLifecycles() {
		return (registry) -> {
			replace(registry, "outputBindingLifecycle", DeferredOutputs.class);
			replace(registry, "inputBindingLifecycle", DeferredInputs.class);
		};
	}

	private static void replace(BeanDefinitionRegistry registry, String name, Class<?> lifecycle) {
		if (registry.containsBeanDefinition(name)) {
			registry.removeBeanDefinition(name);
			AbstractBeanDefinition definition = BeanDefinitionBuilder.rootBeanDefinition(lifecycle)
				.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR)
				.getBeanDefinition();
			definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
			registry.registerBeanDefinition(name, definition);
		}
	}

	private static TransactionOperations inNewTransaction(PlatformTransactionManager manager) {
		TransactionTemplate template = new TransactionTemplate(manager);
		template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		return template;
	}

}
