package io.identities.gateway.ops;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The beans that an application built on the gateway contributes. */
final class OwnBeans {

    private static final List<String> GATEWAY = List.of("io.identities.", "org.springframework.");

    /** With beans chosen at build time, definitions name the type that a factory method returns. */
    private static final List<String> LIBRARIES = List.of(
            "com.fasterxml.", "io.micrometer.", "io.netty.", "io.prometheus.", "java.", "reactor.", "tools.jackson.");

    private OwnBeans() {}

    /** Whether there is a bean of this port, so that none of ours has to be configured. */
    static boolean of(ConfigurableListableBeanFactory beans, Class<?> port) {
        for (String name : beans.getBeanNamesForType(port, true, false)) {
            String factory = beans.containsBeanDefinition(name)
                    ? beans.getBeanDefinition(name).getFactoryBeanName()
                    : null;
            Class<?> maker = factory == null ? null : beans.getType(factory, false);
            if (maker == null || !maker.getPackageName().equals(port.getPackageName())) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is any; it may read settings of any name. */
    static boolean any(ConfigurableListableBeanFactory beans) {
        return Arrays.stream(beans.getBeanDefinitionNames())
                .map(beans::getBeanDefinition)
                .map(BeanDefinition::getBeanClassName)
                .anyMatch(OwnBeans::isOwn);
    }

    private static boolean isOwn(@Nullable String type) {
        return type != null
                && GATEWAY.stream().noneMatch(type::startsWith)
                && LIBRARIES.stream().noneMatch(type::startsWith);
    }
}
