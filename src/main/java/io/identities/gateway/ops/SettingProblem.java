package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConverterNotFoundException;

/** Extracts from a failed start the sentence that names a setting of ours. */
final class SettingProblem {

    private static final int MAX_VALUE = 80;

    /**
     * Words in the last part of a secret's name; {@code identities.token.lifetime} is not a secret, but a token in
     * place of its file is.
     */
    private static final List<String> SECRETS = List.of("secret", "password", "token-file", "tokenfile", "url");

    private SettingProblem() {}

    /** @return the sentence, or empty if the failure is not about a setting of ours */
    static Optional<String> in(Throwable failure) {
        String sentence = null;
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (speaksOfASetting(cause)) {
                sentence = cause.getMessage();
            }
        }
        return Optional.ofNullable(sentence).or(() -> ofBinding(failure));
    }

    /** Whether the value of this setting must not be shown. */
    static boolean isSecret(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return SECRETS.stream().anyMatch(last::contains);
    }

    /** Whether a setting of this type has settings below it but no value of its own. */
    static boolean isSection(ResolvableType type) {
        Class<?> kind = type.toClass();
        return kind.isRecord()
                || Map.class.isAssignableFrom(kind)
                || Collection.class.isAssignableFrom(kind) && isSection(type.getGeneric());
    }

    private static boolean speaksOfASetting(Throwable cause) {
        String message = cause.getMessage();
        boolean ours = cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException
                || cause.getClass().getName().startsWith("io.identities.");
        return ours && message != null && message.startsWith(KnownSettings.PREFIX + ".");
    }

    private static Optional<String> ofBinding(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof UnboundConfigurationPropertiesException gap) {
                return Optional.of(sentence(gap));
            }
            if (cause instanceof BindException bind && bind.getProperty() != null) {
                return Optional.of(sentence(bind, bind.getProperty()));
            }
            if (cause instanceof BindException bind && bind.getCause() instanceof ConverterNotFoundException) {
                return section(bind.getName().toString(), bind.getTarget().getType());
            }
            if (cause instanceof BindException bind && bind.getCause() == null) {
                return Optional.of(bind.getName() + ": " + bind.getMessage());
            }
        }
        return Optional.empty();
    }

    private static String sentence(BindException failure, ConfigurationProperty property) {
        String name = property.getName().toString();
        String expected = failure.getTarget().getType().toClass().getSimpleName();
        String origin = SettingOrigin.of(property.getOrigin());
        return name + ": found " + value(name, expected, property.getValue()) + origin + ", expected "
                + inWords(name, failure.getTarget().getType());
    }

    /** The binder drops the value once it has looked for settings below it. */
    private static Optional<String> section(String name, ResolvableType type) {
        return isSection(type)
                ? Optional.of(name + ": found a value where a section begins, expected " + inWords(name, type))
                : Optional.empty();
    }

    /** Elements of a list after a missing one. */
    private static String sentence(UnboundConfigurationPropertiesException gap) {
        String names = gap.getUnboundProperties().stream()
                .map(property -> property.getName().toString())
                .collect(Collectors.joining(", "));
        return names + ": found behind a gap in the list, expected indexes from [0] on without one left out";
    }

    private static String inWords(String name, ResolvableType type) {
        Class<?> kind = type.toClass();
        if (kind.isEnum()) {
            return "one of "
                    + Arrays.stream(kind.getEnumConstants())
                            .map(value ->
                                    value.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining(", "));
        }
        if (isSection(type)) {
            return "settings below " + name + (Collection.class.isAssignableFrom(kind) ? "[0] and so on" : "");
        }
        return switch (kind.getSimpleName()) {
            case "Duration" -> "a duration such as 500ms, 30s or 10m";
            case "DataSize" -> "a size such as 16KB or 1MB";
            case "boolean", "Boolean" -> "true or false";
            case "int", "Integer", "long", "Long" -> "a whole number";
            case "URI" -> "a URI such as http://host:8080";
            case "InetAddress" -> "an address of this machine, such as 127.0.0.1 or 0.0.0.0";
            case "Set", "List" -> "a list of values of its kind, with commas between them";
            default -> "a value that reads as " + kind.getSimpleName();
        };
    }

    private static String value(String name, String type, @Nullable Object value) {
        if (isSecret(name) || type.equals("Path")) {
            return "a value that does not fit (not shown)";
        }
        String text = String.valueOf(value);
        if (type.equals("URI") || text.contains("://")) {
            return '"' + LogText.address(text) + '"';
        }
        return "\"" + (text.length() > MAX_VALUE ? text.substring(0, MAX_VALUE) + "..." : text) + "\"";
    }

    private static @Nullable Throwable next(Throwable cause) {
        return cause.getCause() == cause || cause instanceof ConversionException ? null : cause.getCause();
    }
}
