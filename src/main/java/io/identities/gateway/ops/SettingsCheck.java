package io.identities.gateway.ops;

import io.identities.gateway.credentials.CredentialCheck;
import io.identities.gateway.keys.KeySource;
import java.net.InetAddress;
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
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Checks every setting before any bean is created, so that all problems are reported together rather than one per
 * attempt to start.
 */
final class SettingsCheck implements BeanFactoryPostProcessor {

    private static final Logger log = LoggerFactory.getLogger(SettingsCheck.class);

    /** Spring's name for such a bean: its prefix and its type. */
    private static final String SETTINGS = "-io.identities.gateway.";

    private final ConfigurableEnvironment inForce;
    private final ConfigurableEnvironment environment;

    SettingsCheck(ConfigurableEnvironment environment) {
        this.inForce = environment;
        this.environment = CheckMode.asWritten(environment);
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
        UnknownSettings unknown = UnknownSettings.in(environment, SettingsMetadata.known());
        problems.addAll(unknown.errors());
        List<String> unprefixed = UnprefixedSettings.in(environment, SettingsMetadata.known());
        boolean mayBeOthers = !unprefixed.isEmpty() && OwnBeans.any(beans);
        problems.addAll(mayBeOthers ? List.of() : unprefixed);
        BareNumberBindHandler bareNumbers = new BareNumberBindHandler();
        BrokenAddressBindHandler brokenAddresses =
                new BrokenAddressBindHandler(environment::resolvePlaceholders, bareNumbers);
        problems.addAll(StrayArguments.problems(environment));
        problems.addAll(missing(beans));
        problems.addAll(unbindable(beans, brokenAddresses));
        bareNumbers.lookAtRedis(Binder.get(environment));
        problems.addAll(brokenAddresses.problems());
        problems.addAll(ListeningPorts.problems(environment));
        problems.addAll(ManagementPaths.problems(environment));
        ManagementTls.problem(environment).ifPresent(problems::add);
        FrameworkBasePath.problem(environment).ifPresent(problems::add);
        problems.addAll(addresses());
        if (problems.isEmpty()) {
            problems.addAll(LocalDoors.of(environment).unreachable());
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(
                    problems.stream().map(this::withUnit).toList());
        }
        unknown.warnings().forEach(log::warn);
        unprefixed.forEach(log::warn);
        bareNumbers.warnings().forEach(log::warn);
        StopTimes.warning(environment).ifPresent(log::warn);
        RuleMethods.warnings(environment).forEach(log::warn);
        IneffectiveSettings.warnings(environment).forEach(log::warn);
    }

    private List<String> missing(ConfigurableListableBeanFactory beans) {
        List<String> missing = new ArrayList<>();
        if (environment.getProperty("identities.keys.secret") == null
                && !isSet("identities.keys.directory")
                && !OwnBeans.of(beans, KeySource.class)) {
            missing.add("identities.keys: found neither identities.keys.secret nor identities.keys.directory,"
                    + " expected one of them: nothing can be signed without a key");
        }
        boolean companion =
                new EffectiveSettings(environment).word("identities.mode").equals("companion");
        if (!companion && !isSet("identities.backend.uri")) {
            missing.add("identities.backend.uri: found nothing, expected the backend's address such as"
                    + " http://backend:8080 (or identities.mode=companion to run without a backend)");
        }
        if (isLoginOn() && !isSet("identities.credentials.check") && !OwnBeans.of(beans, CredentialCheck.class)) {
            missing.add("identities.credentials.check: found nothing, expected http, htpasswd or ldap"
                    + " (or identities.endpoints.authenticate.enabled=false to run without a login)");
        }
        return missing;
    }

    /** A value that is neither true nor false is reported where it is bound. */
    private boolean isLoginOn() {
        try {
            return environment.getProperty("identities.endpoints.authenticate.enabled", Boolean.class, true);
        } catch (ConversionException e) {
            return false;
        }
    }

    private boolean isSet(String name) {
        String value = environment.getProperty(name);
        return value != null && !value.isEmpty();
    }

    /** A check listens on other ports than those configured. */
    private List<String> addresses() {
        List<String> problems = new ArrayList<>();
        for (String name : List.of("server.address", "management.server.address")) {
            try {
                Binder.get(environment).bind(name, InetAddress.class);
            } catch (BindException e) {
                problem(name, e).ifPresent(problems::add);
            }
        }
        return problems;
    }

    private List<String> unbindable(ConfigurableListableBeanFactory beans, BindHandler handler) {
        Binder binder = Binder.get(environment);
        List<String> problems = new ArrayList<>();
        for (String name : beans.getBeanDefinitionNames()) {
            Class<?> type = name.contains(SETTINGS) ? beans.getType(name, false) : null;
            if (type == null || !type.isRecord()) {
                continue;
            }
            String prefix = name.substring(0, name.indexOf(SETTINGS));
            try {
                Object settings = bind(binder, prefix, type, handler);
                beans.registerSingleton(
                        name, inForce == environment ? settings : bind(Binder.get(inForce), prefix, type, handler));
            } catch (Exception e) {
                problem(prefix, e).ifPresent(problems::add);
            }
        }
        return problems;
    }

    /** The bean itself, so that it is not bound twice. Settings that name a file read it here. */
    private static Object bind(Binder binder, String prefix, Class<?> type, BindHandler handler) throws Exception {
        Object settings = binder.bindOrCreate(prefix, Bindable.of(type), handler);
        if (settings instanceof InitializingBean checked) {
            checked.afterPropertiesSet();
        }
        return settings;
    }

    /** A converter that is a bean is not yet available. */
    private static Optional<String> problem(String prefix, Exception failure) {
        return NestedExceptionUtils.getMostSpecificCause(failure) instanceof ConverterNotFoundException unknown
                        && !SettingProblem.isSection(unknown.getTargetType().getResolvableType())
                ? Optional.empty()
                : SettingProblem.in(failure)
                        .or(() -> Optional.of(prefix + ": "
                                + NestedExceptionUtils.getMostSpecificCause(failure)
                                        .getMessage()));
    }

    /** A plain 30 is read as 30 milliseconds, which is hardly intended. */
    private String withUnit(String problem) {
        int found = problem.indexOf(": found PT");
        String written = found < 0 ? null : environment.getProperty(problem.substring(0, found));
        return written == null || !written.matches("-?[1-9]\\d*")
                ? problem
                : problem + "; " + written + " without a unit is in milliseconds, write for example " + written + "m";
    }
}
