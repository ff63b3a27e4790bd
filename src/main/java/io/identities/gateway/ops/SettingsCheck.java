package io.identities.gateway.ops;

import io.identities.gateway.credentials.CredentialCheck;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Looks at every setting before any bean is made, so that all that is wrong or missing is said at once rather than one
 * at each attempt to start.
 */
final class SettingsCheck implements BeanFactoryPostProcessor {

    private static final Logger log = LoggerFactory.getLogger(SettingsCheck.class);

    private static final String HOUSE = "io.identities.gateway.";

    private final ConfigurableEnvironment environment;

    SettingsCheck(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            return;
        }
        List<String> placeholders = EmptyPlaceholders.in(environment);
        if (!placeholders.isEmpty()) {
            throw new InvalidSettingsException(placeholders);
        }
        Set<String> problems = new LinkedHashSet<>();
        ClassLoader classLoader = classLoader(beans);
        UnknownSettings unknown = UnknownSettings.in(environment, SettingsMetadata.onClassPath(classLoader));
        problems.addAll(unknown.errors());
        problems.addAll(missing(beans));
        problems.addAll(unbindable(beans));
        problems.addAll(ports());
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(
                    problems.stream().map(this::withUnit).toList());
        }
        unknown.warnings().forEach(log::warn);
    }

    private List<String> missing(ConfigurableListableBeanFactory beans) {
        List<String> missing = new ArrayList<>();
        if (environment.getProperty("identities.keys.secret") == null && !isSet("identities.keys.directory")) {
            missing.add("identities.keys: found neither identities.keys.secret nor identities.keys.directory,"
                    + " expected one of them: nothing can be signed without a key");
        }
        boolean companion = "companion".equalsIgnoreCase(environment.getProperty("identities.mode", "gateway"));
        if (!companion && !isSet("identities.backend.uri")) {
            missing.add("identities.backend.uri: found nothing, expected the backend's address such as"
                    + " http://backend:8080 (or identities.mode=companion to run without a backend)");
        }
        boolean login = environment.getProperty("identities.endpoints.authenticate.enabled", Boolean.class, true);
        if (login && !isSet("identities.credentials.check") && !hasOwnCredentialCheck(beans)) {
            missing.add("identities.credentials.check: found nothing, expected http, htpasswd or ldap"
                    + " (or identities.endpoints.authenticate.enabled=false to run without a login)");
        }
        return missing;
    }

    private boolean isSet(String name) {
        String value = environment.getProperty(name);
        return value != null && !value.isEmpty();
    }

    private static boolean hasOwnCredentialCheck(ConfigurableListableBeanFactory beans) {
        for (String name : beans.getBeanNamesForType(CredentialCheck.class, true, false)) {
            String factory = beans.containsBeanDefinition(name)
                    ? beans.getBeanDefinition(name).getFactoryBeanName()
                    : null;
            Class<?> maker = factory == null ? null : beans.getType(factory, false);
            if (maker == null || !maker.getName().startsWith(HOUSE + "credentials.")) {
                return true;
            }
        }
        return false;
    }

    private List<String> unbindable(ConfigurableListableBeanFactory beans) {
        Binder binder = Binder.get(environment);
        List<String> problems = new ArrayList<>();
        for (String name : beans.getBeanNamesForAnnotation(ConfigurationProperties.class)) {
            Class<?> type = beans.getType(name, false);
            if (type != null && ClassUtils.getPackageName(type).startsWith(HOUSE)) {
                bind(binder, type).ifPresent(problems::add);
            }
        }
        return problems;
    }

    /** Settings that name a file look at it once they are bound, as they do as beans. */
    private static Optional<String> bind(Binder binder, Class<?> type) {
        ConfigurationProperties annotation =
                AnnotatedElementUtils.findMergedAnnotation(type, ConfigurationProperties.class);
        if (annotation == null || !type.isRecord()) {
            return Optional.empty();
        }
        try {
            Object settings = binder.bindOrCreate(annotation.prefix(), Bindable.of(type));
            if (settings instanceof InitializingBean checked) {
                checked.afterPropertiesSet();
            }
            return Optional.empty();
        } catch (Exception e) {
            return SettingProblem.in(e)
                    .or(() -> Optional.of(
                            annotation.prefix() + ": " + rootCause(e).getMessage()));
        }
    }

    /** Management endpoints on the public port would be open to everybody. */
    private List<String> ports() {
        Integer port = CheckMode.publicPort(environment);
        Integer management = CheckMode.managementPort(environment);
        if (port != null && port != 0 && port.equals(management)) {
            return List.of("management.server.port: found " + management
                    + ", the same as server.port, expected a port of its own that is not open to the public");
        }
        return List.of();
    }

    /** Nobody who writes 30 means thirty milliseconds. */
    private String withUnit(String problem) {
        int found = problem.indexOf(": found PT");
        String written = found < 0 ? null : environment.getProperty(problem.substring(0, found));
        return written == null || !written.matches("-?\\d+")
                ? problem
                : problem + "; " + written + " without a unit is in milliseconds, write for example " + written + "m";
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static ClassLoader classLoader(ConfigurableListableBeanFactory beans) {
        ClassLoader loader = beans.getBeanClassLoader();
        return loader == null ? SettingsCheck.class.getClassLoader() : loader;
    }
}
