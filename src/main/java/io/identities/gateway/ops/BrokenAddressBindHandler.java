package io.identities.gateway.ops;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Collects URIs with illegal characters: a stray blank or line end, or an unresolved placeholder. Spring escapes them
 * and would call another resource than intended.
 */
final class BrokenAddressBindHandler extends AbstractBindHandler {

    private final UnaryOperator<String> placeholders;
    private final Set<String> problems = new TreeSet<>();

    /** @param placeholders resolves those in a value */
    BrokenAddressBindHandler(UnaryOperator<String> placeholders, BindHandler parent) {
        super(parent);
        this.placeholders = placeholders;
    }

    @Override
    public @Nullable Object onSuccess(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        ConfigurationProperty property = context.getConfigurationProperty();
        if (property != null && result instanceof URI && property.getValue() instanceof CharSequence written) {
            judge(name, placeholders.apply(written.toString()));
        }
        return super.onSuccess(name, target, context, result);
    }

    Set<String> problems() {
        return Set.copyOf(problems);
    }

    /** Does not show the address, which may contain a password. */
    private void judge(ConfigurationPropertyName name, String written) {
        try {
            new URI(written);
        } catch (URISyntaxException e) {
            problems.add(name + ": found an address whose character " + (e.getIndex() + 1) + " of " + written.length()
                    + " no address may have, expected one without blanks, line ends, braces and the like");
        }
    }
}
